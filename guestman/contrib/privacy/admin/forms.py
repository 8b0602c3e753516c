"""What it takes to erase somebody."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shopman.admin.acts import dress


class EraseForm(forms.Form):
    """The customer's code, typed by hand, and a reason. Carries the digest that was shown."""

    blames = {"reason_missing": "reason"}  # noqa: RUF012

    code = forms.CharField(max_length=64)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        help_text=_("For example the number of the request. Leave names out: this is kept."),
    )
    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, sent: Any, *, code: str, digest: str) -> None:
        super().__init__(sent, initial={"digest": digest})
        self._code = code
        self.fields["code"].label = _("Type %(code)s to confirm") % {"code": code}
        self.fields["code"].widget.attrs["autocomplete"] = "off"
        for field in self.fields.values():
            dress(field)

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
