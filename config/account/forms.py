"""Forms of the account. Rules are guestman's; a form says early what a person can put right."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorman.pages.forms import DoorForm
from doorman.pages.page import LANGUAGE_NAMES
from guestman.errors import CustomerInactive, StaleVersion
from guestman.models import Customer, CustomerAddress
from guestman.rules.addresses import LENGTHS
from shopman.errors import Failure, NotFound
from shopman.forms import MomentField

T = TypeVar("T")

TOO_LONG: Final = gettext_lazy("This is too long.")
NO_DATE: Final = gettext_lazy("Enter a date.")


def line(
    label: Any, *, length: int, autocomplete: str, missing: Any = "", hint: Any = ""
) -> forms.CharField:
    """One line of text; required when there is a sentence for a missing one."""
    return forms.CharField(
        label=label,
        max_length=length,
        required=bool(missing),
        help_text=hint,
        error_messages={"required": missing, "max_length": TOO_LONG},
        widget=forms.TextInput(attrs={"autocomplete": autocomplete}),
    )


class EditForm(DoorForm):
    """A form over one version of a row.

    When somebody else changed the row meanwhile, the form keeps what was typed, says what is
    different now, and takes the new version: sent again, it overwrites knowingly.
    """

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    use_required_attribute = False

    def edit(self, act: Callable[[dict[str, Any]], T], current: Callable[[], Any]) -> T | None:
        """As ``attempt``; ``current`` reads the row again when it was stale."""
        done = self.attempt(act)
        if isinstance(self.failure, StaleVersion):
            self._show_changes(current(), {error.field for error in self.failure.errors})
        return done

    def fail(self, failure: Failure) -> None:
        """Put each sentence to its field; whoever has nothing left to edit gets no form."""
        if isinstance(failure, NotFound | CustomerInactive):
            raise failure
        if isinstance(failure, StaleVersion):
            self.failure = failure
            self.add_error(
                None, _("This was changed meanwhile. Check what is different and save again.")
            )
            return
        told = [error for error in failure.errors if error.field in self.fields]
        if not told:
            super().fail(failure)
            return
        self.failure = failure
        for error in told:
            self.add_error(error.field, _(error.message))

    def _show_changes(self, row: Any, names: Iterable[str]) -> None:
        self.data = {**dict(self.data.items()), "version": str(row.version)}
        for name in names:
            if name in self.fields:
                value = self.shown(name, getattr(row, name))
                sentence = _("It is “%(value)s” now.") if value else _("It is empty now.")
                self.add_error(name, sentence % {"value": value})

    def shown(self, name: str, value: Any) -> str:
        """A stored value as its field shows it."""
        choices = dict(getattr(self.fields[name], "choices", ()))
        return str(choices.get(value, "" if value is None else value))

    @property
    def wrong(self) -> list[forms.BoundField]:
        """The fields with something to put right, for the list at the top of the page."""
        return [field for field in self.visible_fields() if field.errors]


class ProfileForm(EditForm):
    """What a shopper may say about themselves."""

    first_name = line(gettext_lazy("First name"), length=150, autocomplete="given-name")
    last_name = line(gettext_lazy("Last name"), length=150, autocomplete="family-name")
    birth_date = forms.DateField(
        label=gettext_lazy("Birth date"),
        required=False,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": NO_DATE},
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "bday"}),
    )
    locale = forms.ChoiceField(
        label=gettext_lazy("Language of our messages"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose one of the languages.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = dict(settings.LANGUAGES)
        spoken = [pair for pair in LANGUAGE_NAMES.items() if pair[0] in known]
        self.fields["locale"].choices = [("", _("As the shop does")), *spoken]  # type: ignore[attr-defined]

    @classmethod
    def of(cls, row: Customer) -> ProfileForm:
        """The form as it stands before anything is typed."""
        return cls(initial={name: getattr(row, name) for name in cls.base_fields})


class AddressForm(EditForm):
    """A postal address."""

    label = line(
        gettext_lazy("Name of this address"),
        length=LENGTHS["label"],
        autocomplete="off",
        hint=gettext_lazy("What you call it: home, work …"),
    )
    postal_code = line(
        gettext_lazy("Postal code"), length=LENGTHS["postal_code"], autocomplete="postal-code"
    )
    street = line(
        gettext_lazy("Street"),
        length=LENGTHS["street"],
        autocomplete="address-line1",
        missing=gettext_lazy("Enter the street."),
    )
    number = line(gettext_lazy("Number"), length=LENGTHS["number"], autocomplete="off")
    complement = line(
        gettext_lazy("Flat, floor, block"),
        length=LENGTHS["complement"],
        autocomplete="address-line2",
    )
    district = line(
        gettext_lazy("District"), length=LENGTHS["district"], autocomplete="address-level3"
    )
    city = line(
        gettext_lazy("City"),
        length=LENGTHS["city"],
        autocomplete="address-level2",
        missing=gettext_lazy("Enter the city."),
    )
    region = line(
        gettext_lazy("State or region"), length=LENGTHS["region"], autocomplete="address-level1"
    )
    country = forms.RegexField(
        r"^\s*[A-Za-z]{2}\s*$",
        label=gettext_lazy("Country"),
        max_length=2,
        help_text=gettext_lazy("Two letters, for instance BR."),
        error_messages={
            "required": gettext_lazy("Enter the country."),
            "invalid": gettext_lazy("Enter two letters, for instance BR."),
            "max_length": gettext_lazy("Enter two letters, for instance BR."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "country", "class": "short"}),
    )
    instructions = forms.CharField(
        label=gettext_lazy("Note for the delivery"),
        required=False,
        max_length=2000,
        error_messages={"max_length": TOO_LONG},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @classmethod
    def of(cls, row: CustomerAddress) -> AddressForm:
        """The form as it stands before anything is typed."""
        return cls(initial={name: getattr(row, name) for name in cls.base_fields})


class NewAddressForm(AddressForm):
    """The same, with what it is for; that cannot be changed later."""

    version = None  # type: ignore[assignment]  # there is no row yet
    purpose = forms.ChoiceField(
        label=gettext_lazy("This address is for"),
        choices=[
            ("delivery", gettext_lazy("Deliveries")),
            ("billing", gettext_lazy("Invoices")),
        ],
        error_messages={
            "required": gettext_lazy("Choose what the address is for."),
            "invalid_choice": gettext_lazy("Choose what the address is for."),
        },
    )
    field_order = ("purpose", "label")


class PlaceForm(forms.Form):
    """Where a page of orders begins: behind the order of this moment and key."""

    before = MomentField()
    order = forms.UUIDField()
