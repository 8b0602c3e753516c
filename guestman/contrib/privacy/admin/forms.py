"""What it takes to erase somebody."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from guestman.contrib.privacy.service import ErasurePreview
from shopman import subjects
from shopman.admin.acts import dress


class EraseForm(forms.Form):
    """The customer's code, typed by hand, and a reason. Carries the digest that was shown.

    Where records may be this person's, it asks which are.
    """

    blames = {"reason_missing": "reason"}  # noqa: RUF012

    also = forms.TypedMultipleChoiceField(
        label=_("Which of these are this person's, and go as well?"),
        widget=forms.CheckboxSelectMultiple,
        coerce=UUID,
        required=False,
    )
    looked = forms.BooleanField(
        label=_("I looked at all of them. What is not ticked is somebody else's, and stays.")
    )
    code = forms.CharField(max_length=64)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        help_text=_("For example the number of the request. Leave names out: this is kept."),
    )
    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, sent: Any, *, shown: ErasurePreview) -> None:
        super().__init__(sent, initial={"digest": shown.digest})
        self._code = shown.code
        self.fields["code"].label = _("Type %(code)s to confirm") % {"code": shown.code}
        self.fields["code"].widget.attrs["autocomplete"] = "off"
        if shown.doubts:
            self.fields["also"].choices = _choices(shown)  # type: ignore[attr-defined]
        else:
            del self.fields["also"], self.fields["looked"]
        for field in self.fields.values():
            dress(field)
        if shown.doubts:
            # A narrow screen shows all of a record: it is what is decided about.
            widget: Any = self.fields["also"].widget
            widget.option_template_name = "guestman_privacy/admin/doubt.html"

    @property
    def confirmed(self) -> str:
        """Digest of the preview that was on the screen."""
        return str(self.cleaned_data["digest"])

    def clean_code(self) -> str:
        typed = str(self.cleaned_data["code"]).strip()
        if typed != self._code:
            raise forms.ValidationError(_("This is not the customer's code."))
        return typed

    def show(self, digest: str) -> None:
        """Have the next answer confirm this digest."""
        if self.is_bound:
            self.data = {**self.data.dict(), "digest": digest}  # type: ignore[attr-defined]


def _choices(shown: ErasurePreview) -> list[tuple[str, list[tuple[str, str]]]]:
    """The doubtful rows, under the title of their kind."""
    titles = {each.key: str(each.title) for each in subjects.personal()}
    by_kind: dict[str, list[tuple[str, str]]] = {}
    for doubt in shown.doubts:
        by_kind.setdefault(titles[doubt.key], []).append((str(doubt.row), doubt.label))
    return list(by_kind.items())
