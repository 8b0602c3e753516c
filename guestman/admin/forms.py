"""The forms of the change pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from guestman.conf import conf
from guestman.models import Customer
from shopman.admin.acts import dress
from shopman.admin.service import VersionedForm

#: Form fields whose service argument has another name.
_ARGUMENTS = {
    "group": "group_code",
    "first_phone": "phone",
    "first_email": "email",
    "chosen_code": "code",
}


class CustomerForm(VersionedForm):
    """A customer's own fields. Phone and e-mail change on the panels below."""

    #: Codes of failures that speak of one field without naming it.
    blames: ClassVar = {
        "document_taken": "document",
        "unknown_group": "group",
        "unknown_assignee": "assigned_to",
    }

    status = forms.ChoiceField(label=_("Status"), required=False)
    locale = forms.ChoiceField(label=_("Language"), required=False)

    class Meta:
        model = Customer
        fields: ClassVar = [
            "first_name",
            "last_name",
            "customer_type",
            "document",
            "group",
            "status",
            "assigned_to",
            "locale",
            "birth_date",
            "notes",
            "metadata",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(status := self.fields.get("status"), forms.ChoiceField):
            status.choices = [each for each in Customer.Status.choices if each[0] != "inactive"]
            status.initial = Customer.Status.ACTIVE
        if isinstance(locale := self.fields.get("locale"), forms.ChoiceField):
            known = dict(settings.LANGUAGES)
            named = [(tag, known.get(tag, tag)) for tag in conf.LOCALES]
            locale.choices = [("", _("The shop's")), *named]
        if "notes" in self.fields:
            self.fields["notes"].widget.attrs["rows"] = 4
        for name in ("status", "locale", "first_phone", "first_email", "chosen_code"):
            if name in self.fields:
                dress(self.fields[name])

    def facts(self) -> dict[str, Any]:
        """What was changed, as the service's arguments."""
        return {
            _ARGUMENTS.get(name, name): _argument(name, value)
            for name, value in self.changed().items()
        }


class NewCustomerForm(CustomerForm):
    """A customer to make, with a first phone and e-mail."""

    blames: ClassVar = {
        "invalid_phone": "first_phone",
        "phone_taken": "first_phone",
        "invalid_email": "first_email",
        "email_taken": "first_email",
        "code_taken": "chosen_code",
        "invalid_code": "chosen_code",
        **CustomerForm.blames,
    }

    first_phone = forms.CharField(label=_("Phone"), max_length=64, required=False)
    first_email = forms.CharField(label=_("E-mail"), max_length=254, required=False)
    chosen_code = forms.CharField(
        label=_("Code"), max_length=64, required=False, help_text=_("Empty: one is given.")
    )

    class Meta(CustomerForm.Meta):
        fields: ClassVar = [*CustomerForm.Meta.fields, "organization"]
        labels: ClassVar = {"organization": _("Organization")}

    def facts(self) -> dict[str, Any]:
        """What was typed, as the service's arguments."""
        given = {name: value for name, value in super().facts().items() if value not in ("", None)}
        return {"source": "staff", **given}


def _argument(name: str, value: Any) -> Any:
    if name == "group":
        return value.code if value is not None else None
    if name == "metadata":
        return value or {}
    return value
