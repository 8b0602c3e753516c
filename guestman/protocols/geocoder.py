"""Who knows places. The project names the geocoder in ``GUESTMAN``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSuggestion:
    """One address that may be meant. Degrees in WGS 84; ``country`` is ISO 3166-1 alpha-2."""

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


class Geocoder(Protocol):
    def suggest(
        self, text: str, *, country: str | None = None, limit: int = 5
    ) -> Sequence[PlaceSuggestion]:
        """Addresses that begin like ``text``, best first; empty when none is known.

        Answers within two seconds. Raises ``shopman.errors.Unavailable`` when it cannot answer.
        """
        ...


class NullGeocoder(Geocoder):
    """Knows no place, for a project without such a service."""

    def suggest(
        self, text: str, *, country: str | None = None, limit: int = 5
    ) -> Sequence[PlaceSuggestion]:
        return ()
