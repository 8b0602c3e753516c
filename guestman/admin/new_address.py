"""The page of a new address, which suggests while somebody types where a geocoder is at hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import INPUT_CLASSES

from guestman.protocols.geocoder import PlaceSuggestion
from guestman.services import address
from shopman.admin.acts import ActForm, Text
from shopman.errors import Unavailable

#: Characters from which on a geocoder is asked.
SHORTEST: Final = 3
#: What a geocoder fills in.
_FILLED: Final = ("street", "number", "district", "city", "region", "postal_code", "country")
_SILENT: Final = _("The service that suggests addresses does not answer. Please type the address.")


class AddAddress(ActForm):
    """The fields of an address. A picked place fills them in; what people type is what counts."""

    title = _("Add an address")
    submit = _("Add")
    template = "guestman/admin/add_address.html"

    #: What was typed into the search, what it found, and why it found nothing.
    typed = ""
    places: Sequence[PlaceSuggestion] = ()
    attribution = ""
    note: Text = ""
    session = ""

    purpose = forms.ChoiceField(
        label=_("For"), choices=[("delivery", _("Delivery")), ("billing", _("Billing"))]
    )
    label = forms.CharField(
        label=_("Label"), max_length=64, required=False, help_text=_("Home, work …")
    )
    street = forms.CharField(label=_("Street"), max_length=200)
    number = forms.CharField(label=_("Number"), max_length=32, required=False)
    complement = forms.CharField(label=_("Complement"), max_length=200, required=False)
    district = forms.CharField(label=_("District"), max_length=100, required=False)
    city = forms.CharField(label=_("City"), max_length=100)
    region = forms.CharField(label=_("State or region"), max_length=100, required=False)
    postal_code = forms.CharField(label=_("Postal code"), max_length=16, required=False)
    country = forms.CharField(
        label=_("Country"),
        max_length=2,
        required=False,
        help_text=_("Two letters (ISO 3166-1). Empty: the shop's."),
    )
    instructions = forms.CharField(
        label=_("Delivery instructions"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    place_id = forms.CharField(max_length=300, required=False, widget=forms.HiddenInput)
    #: The lines that were filled in: an address somebody rewrote is another place.
    place_lines = forms.CharField(max_length=1000, required=False, widget=forms.HiddenInput)

    #: The theme's look for the search, which is a form of its own.
    search_classes = " ".join(INPUT_CLASSES)

    @property
    def is_suggested(self) -> bool:
        """Whether there is a geocoder to ask."""
        return address.is_suggested()

    def open(self) -> None:
        asked = self.request.GET
        self.typed = asked.get("q", "").strip()
        self.session = asked.get("session", "") or str(uuid4())
        if not self.is_suggested:
            return
        try:
            if picked := asked.get("place", ""):
                self._fill(address.place(picked, session=self.session))
            elif len(self.typed) >= SHORTEST:
                self._look_up()
        except Unavailable:
            self.note = _SILENT

    def _look_up(self) -> None:
        self.places = address.suggest(self.typed, session=self.session)
        self.attribution = next((each.attribution for each in self.places), "")
        if not self.places:
            self.note = _("No such address is known. Type it below.")

    def _fill(self, place: PlaceSuggestion) -> None:
        facts: dict[str, Any] = {name: getattr(place, name) for name in _FILLED}
        self.attribution, self.session = place.attribution, str(uuid4())
        self.initial = {
            **facts,
            "place_id": place.place_id,
            "place_lines": _lines(facts),
        }
        self.note = _("Filled in: %(place)s") % {"place": place.label}

    def act(self) -> Text:
        facts = {**self.cleaned_data, "country": self.cleaned_data["country"] or None}
        if facts.pop("place_lines") != _lines(self.cleaned_data):
            facts["place_id"] = ""
        address.add(customer=self.subject, **facts)
        return _("The address was added.")


def _lines(facts: dict[str, Any]) -> str:
    return "|".join(facts[name] for name in ("street", "number", "city"))
