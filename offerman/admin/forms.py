"""Forms of the pages."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class SimulatorForm(forms.Form):
    """Who buys what, where and when."""

    customer_code = forms.CharField(label=_("Customer code"), required=False)
    channel = forms.CharField(label=_("Channel"), required=False)
    at = forms.DateTimeField(
        label=_("At"), required=False, help_text=_("Like 2026-12-31 18:00. Empty: now.")
    )
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
