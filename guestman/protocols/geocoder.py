"""Who knows places. The project names the geocoder in ``GUESTMAN``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from shopman.errors import Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSuggestion:
    """One address that may be meant. Degrees in WGS 84; ``country`` is ISO 3166-1 alpha-2.

    A suggestion may know no more than its ``label``; ``Geocoder.place`` knows the parts then.
    """

    place_id: str
    label: str
    street: str = ""
    number: str = ""
    district: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    #: Whom a page must name beside it; empty for nobody.
    attribution: str = ""


class Geocoder(Protocol):
    """``session`` is the same for everything somebody types until a place is picked: some
    geocoders charge by it. At most 36 letters, digits, ``-`` and ``_``; empty for none."""

    def suggest(
        self, text: str, *, country: str | None = None, limit: int = 5, session: str = ""
    ) -> Sequence[PlaceSuggestion]:
        """Addresses that begin like ``text``, best first; empty when none is known.

        Answers within two seconds. Raises ``shopman.errors.Unavailable`` when it cannot answer.
        """
        ...

    def place(self, place_id: str, *, session: str = "") -> PlaceSuggestion:
        """The suggestion that was picked, with its parts.

        Answers within two seconds. Raises ``shopman.errors.Unavailable`` when it cannot answer.
        """
        ...


class NullGeocoder(Geocoder):
    """Knows no place, for a project without such a service."""

    def suggest(
        self, text: str, *, country: str | None = None, limit: int = 5, session: str = ""
    ) -> Sequence[PlaceSuggestion]:
        return ()

    def place(self, place_id: str, *, session: str = "") -> PlaceSuggestion:
        raise Unavailable
