"""Forms of the pages."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from offerman.admin import words
from offerman.admin.words import AmountField
from offerman.models import PriceList, Product
from offerman.services import price_list as price_lists
from shopman import money, tenancy
from shopman.admin.acts import ActForm, Text
from shopman.admin.service import VersionedForm
from shopman.forms import MomentField
from shopman.tenancy.rights import Right

_AMOUNT = UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"})
_WHEN = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class ProductForm(VersionedForm):
    """The base price in the currency's own units."""

    base_price_amount = AmountField(
        label=gettext_lazy("Base price"),
        widget=_AMOUNT,
        help_text=gettext_lazy("For one; holds where no price list says otherwise."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row = self.instance
        if row._state.adding:
            self.initial.setdefault("currency", tenancy.current().default_currency)
        else:
            self.initial["base_price_amount"] = money.to_major(row.base_price_amount, row.currency)

    def clean(self) -> dict[str, Any]:
        return in_minor_units(self, "base_price_amount", self.cleaned_data.get("currency", ""))


class ItemForm(VersionedForm):
    """The price in the list's currency."""

    amount = AmountField(
        label=gettext_lazy("Unit price"),
        widget=_AMOUNT,
        help_text=gettext_lazy("In the currency of the price list."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row = self.instance
        if not row._state.adding:
            self.initial["amount"] = money.to_major(row.amount, row.price_list.currency)

    def clean(self) -> dict[str, Any]:
        row = self.instance
        named = self.cleaned_data.get("price_list") if row._state.adding else row.price_list
        return in_minor_units(self, "amount", named.currency if named else "")


def in_minor_units(form: forms.BaseForm, name: str, currency: str) -> dict[str, Any]:
    """The cleaned fields of a form, with this amount in minor units of the currency."""
    facts: dict[str, Any] = form.cleaned_data
    if facts.get(name) is not None:
        try:
            facts[name] = words.minor(facts[name], currency)
        except ValidationError as error:
            form.add_error(name, error)
    return facts


class AddPrice(ActForm):
    """A price in a list: what, from which quantity, how much."""

    title = gettext_lazy("Add a price")
    submit = gettext_lazy("Add")
    back = gettext_lazy("Back to the price list")
    right = Right.SET_PRICES
    blames: ClassVar = {
        "product_not_found": "sku",
        "mixed_currency": "sku",
        "overlapping_item": "minimum_quantity",
        "invalid_quantity": "minimum_quantity",
        "invalid_price": "amount",
        "invalid_period": "valid_until",
    }

    sku = forms.CharField(label=gettext_lazy("SKU of the product"), max_length=64)
    minimum_quantity = forms.DecimalField(
        label=gettext_lazy("From quantity"),
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=3,
        initial=0,
        localize=True,
        help_text=gettext_lazy("0: any quantity."),
    )
    amount = AmountField(label=gettext_lazy("Unit price"))
    valid_from = forms.DateTimeField(
        label=gettext_lazy("Valid from"),
        required=False,
        widget=_WHEN,
        help_text=gettext_lazy("Empty: at once."),
    )
    valid_until = forms.DateTimeField(
        label=gettext_lazy("Valid until"),
        required=False,
        widget=_WHEN,
        help_text=gettext_lazy("The first moment at which it no longer holds. Empty: open."),
    )

    #: The SKU the page was opened for.
    chosen: ClassVar[str] = ""

    @classmethod
    def of_product(cls, sku: str) -> type[AddPrice]:
        """The form with the product filled in."""
        return type("AddPriceOfProduct", (cls,), {"chosen": sku, "__module__": __name__})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row: PriceList = self.subject
        amount: Any = self.fields["amount"]
        amount.decimal_places = money.exponent(row.currency)
        amount.help_text = _("In %(currency)s.") % {"currency": row.currency}
        self.fields["sku"].initial = self.chosen
        first = "minimum_quantity" if self.chosen else "sku"
        self.fields[first].widget.attrs["autofocus"] = True

    def clean_sku(self) -> Product:
        found: Product | None = Product.objects.filter(sku=self.cleaned_data["sku"].strip()).first()
        if found is None:
            raise ValidationError(_("No product has this SKU."))
        return found

    def clean(self) -> dict[str, Any]:
        return in_minor_units(self, "amount", self.subject.currency)

    def act(self) -> Text:
        facts = dict(self.cleaned_data)
        sold: Product = facts.pop("sku")
        item = price_lists.add_item(price_list=self.subject.uuid, product=sold.uuid, **facts)
        return _("%(name)s costs %(price)s now, %(quantity)s.") % {
            "name": sold.name,
            "price": words.told(item.amount, self.subject.currency),
            "quantity": words.quantity(item.minimum_quantity),
        }


class SimulatorForm(forms.Form):
    """Who buys what, where and when."""

    customer_code = forms.CharField(
        label=gettext_lazy("Customer code"),
        required=False,
        help_text=gettext_lazy("Empty: a visitor nobody knows."),
    )
    channel = forms.CharField(
        label=gettext_lazy("Channel"),
        required=False,
        help_text=gettext_lazy("The code of a channel, like web."),
    )
    at = MomentField(
        label=gettext_lazy("At"),
        required=False,
        widget=_WHEN,
        help_text=gettext_lazy("Empty: now."),
    )
    lines = forms.CharField(
        label=gettext_lazy("Lines"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("One line each: SKU, a space, quantity. Without a quantity: 1."),
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
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy(
            "Columns: sku, amount; optionally minimum_quantity, valid_from, valid_until."
        ),
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("Prices that the file does not name"),
        choices=[("merge", gettext_lazy("stay")), ("replace", gettext_lazy("are removed"))],
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
    mode = forms.ChoiceField(
        widget=forms.HiddenInput, choices=[("merge", "merge"), ("replace", "replace")]
    )
    digest = forms.CharField(widget=forms.HiddenInput)
    #: What to do with lines that cannot be imported.
    problems = forms.ChoiceField(
        widget=forms.HiddenInput,
        required=False,
        choices=[("refuse", "refuse"), ("leave_out", "leave_out")],
    )
