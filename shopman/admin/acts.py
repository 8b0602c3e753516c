"""Acts: one thing done to one record, on a small page of its own that calls a service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.db.models import Model
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from shopman.errors import Failure, FieldError
from shopman.tenancy.rights import Right

Text = str | Promise

_WIDGETS: dict[type[forms.Widget], type[forms.Widget]] = {
    forms.Textarea: UnfoldAdminTextareaWidget,
    forms.Select: UnfoldAdminSelectWidget,
    forms.CheckboxInput: UnfoldBooleanWidget,
    forms.CheckboxSelectMultiple: UnfoldAdminCheckboxSelectMultipleWidget,
    forms.TextInput: UnfoldAdminTextInputWidget,
    forms.PasswordInput: UnfoldAdminPasswordWidget,
    forms.DateTimeInput: UnfoldAdminTextInputWidget,
}


def dress(field: forms.Field) -> None:
    """Give a plain form field the look of the admin."""
    worn = _WIDGETS.get(type(field.widget))
    if worn is None:
        return
    choices = getattr(field.widget, "choices", None)
    kind = getattr(field.widget, "input_type", None)
    field.widget = worn(field.widget.attrs or None)
    field.widget.is_required = field.required
    field.widget.is_localized = field.localize
    if worn is UnfoldAdminTextInputWidget:
        # A date keeps the browser's own calendar.
        field.widget.input_type = kind
    if choices is not None:
        field.widget.choices = choices


def blame(form: forms.BaseForm, failure: Failure) -> None:
    """Say in a form what a service refused, beside the fields it names.

    A form's ``blames`` maps codes of failures that name no field to the field they are about.
    """
    about = getattr(form, "blames", {}).get(failure.code)
    if about in form.fields and not failure.errors:
        form.add_error(about, failure.detail)
        return
    rest: list[FieldError] = []
    for each in failure.errors:
        if each.field in form.fields:
            form.add_error(each.field, each.message)
        else:
            rest.append(each)
    if rest or not failure.errors:
        named = "".join(f" {each.field}: {each.message}" for each in rest if each.field)
        form.add_error(None, f"{failure.detail}{named}")


class ActForm(forms.Form):
    """What an act asks for. ``act`` calls the service and returns the sentence staff read after.

        class ReleaseForm(ActForm):
            title = _("Release this contact")
            submit = _("Release")

            def act(self) -> Text:
                contact_point.release(contact_point=self.subject)
                return _("The contact was released.")

    Failures the service raises are shown in the form.
    """

    title: ClassVar[Text]
    submit: ClassVar[Text]
    #: Extends ``shopman/admin/act.html`` for a page that shows more than the form.
    template: ClassVar[str] = "shopman/admin/act.html"
    #: One or two sentences on what will happen.
    lead: Text = ""
    #: What the way back without doing it is called.
    back: ClassVar[Text] = _("Cancel")
    #: Whether it takes something away that is hard to give back.
    is_grave: ClassVar[bool] = False
    #: What it takes; None: the right to change the record.
    right: ClassVar[Right | None] = None
    #: The request of whoever acts; what is done depends on it for acts on one's own session only.
    request: HttpRequest
    #: Codes of failures that are about one field without naming it.
    blames: ClassVar[Mapping[str, str]] = {}

    def __init__(self, *args: Any, subject: Model, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subject: Any = subject
        for field in self.fields.values():
            dress(field)

    def open(self) -> None:
        """Called with ``request`` set before an empty form is shown: fill in what is known."""

    def act(self) -> Text:
        """Call the service. Raises its failures."""
        raise NotImplementedError
