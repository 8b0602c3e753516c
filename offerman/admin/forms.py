"""How an admin form reaches a service, and how the service's refusal reaches the form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from shopman.errors import Failure

_ATTRIBUTE = "_service_failure"


class VersionedForm(forms.ModelForm):  # type: ignore[type-arg]  # one base for three models
    """Carries the version that was shown, so that nobody overwrites what they have not seen."""

    shown_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.fields["shown_version"].initial = self.instance.version
            self.fields["shown_version"].required = True

    def expected(self) -> dict[str, Any]:
        """What was typed into the changed fields, and the version that was shown."""
        changed = {name: self.cleaned_data[name] for name in self.changed_data}
        version = self.cleaned_data.pop("shown_version")
        changed.pop("shown_version", None)
        return changed | {"version": version}


class ServiceAdmin(ModelAdmin):  # type: ignore[misc]  # the package is untyped
    """Saves through a service; a named failure is shown in the form, with what was typed kept."""

    form = VersionedForm
    list_fullwidth = True
    warn_unsaved_form = True

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        kind = super().get_form(request, *args, **kwargs)
        failure: Failure | None = getattr(request, _ATTRIBUTE, None)
        return kind if failure is None else _refused(kind, failure)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            answer: HttpResponse = super().changeform_view(request, *args, **kwargs)
        except Failure as failure:
            # The form is made again, now with the refusal as one of its own errors.
            setattr(request, _ATTRIBUTE, failure)
            answer = super().changeform_view(request, *args, **kwargs)
        return answer


def refusal(failure: Failure) -> list[str]:
    """A failure in words, with each field it blames."""
    return [failure.detail, *(f"{each.field}: {each.message}" for each in failure.errors)]


def _refused(kind: type[forms.ModelForm[Any]], failure: Failure) -> type[forms.ModelForm[Any]]:
    class RefusedForm(kind):  # type: ignore[misc, valid-type]  # the class is made by the admin
        def clean(self) -> Any:
            super().clean()
            raise ValidationError(refusal(failure))

    return RefusedForm


class SimulatorForm(forms.Form):
    """Who buys what, where and when."""

    customer_code = forms.CharField(label=_("Customer code"), required=False)
    channel = forms.CharField(label=_("Channel"), required=False)
    at = forms.DateTimeField(label=_("At"), required=False, help_text=_("Empty: now."))
    lines = forms.CharField(
        label=_("Lines"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One line each: SKU, a space, quantity. Without a quantity: 1."),
    )

    def clean_lines(self) -> list[dict[str, str]]:
        asked = []
        for line in filter(None, map(str.strip, self.cleaned_data["lines"].splitlines())):
            sku, *rest = line.rsplit(maxsplit=1)
            asked.append({"sku": sku, "quantity": rest[0] if rest else "1"})
        return asked


class ImportForm(forms.Form):
    """A CSV file, and what to do with prices it does not name."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("Columns: sku, amount; optionally minimum_quantity, valid_from, valid_until."),
    )
    mode = forms.ChoiceField(
        label=_("Prices that the file does not name"),
        choices=[("merge", _("stay")), ("replace", _("are removed"))],
    )

    def clean_file(self) -> str:
        try:
            text: str = self.cleaned_data["file"].read().decode()
        except UnicodeDecodeError as error:
            raise ValidationError(_("The file is not UTF-8 text.")) from error
        return text


class ConfirmForm(forms.Form):
    """The file again, with the digest of the preview that was looked at."""

    content = forms.CharField(widget=forms.HiddenInput, strip=False)
    mode = forms.CharField(widget=forms.HiddenInput)
    digest = forms.CharField(widget=forms.HiddenInput)
