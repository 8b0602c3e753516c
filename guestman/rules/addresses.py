"""Postal addresses, made fit to be stored."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from guestman.errors import InvalidAddress
from guestman.rules import text
from shopman.errors import FieldError
from shopman.unset import UNSET

PURPOSES = ("delivery", "billing")

#: Largest length of each line.
LENGTHS = {
    "label": 64,
    "street": 200,
    "number": 32,
    "complement": 200,
    "district": 100,
    "city": 100,
    "region": 100,
    "postal_code": 16,
    "place_id": 300,
}
_REQUIRED = frozenset({"street", "city"})
_LIMITS = {"latitude": 90, "longitude": 180}
_COUNTRY = re.compile(r"[A-Z]{2}")


def columns(**given: Any) -> dict[str, Any]:
    """Column values of what was given. Raises InvalidText, InvalidChoice, InvalidAddress."""
    values = {name: value for name, value in given.items() if value is not UNSET}
    clean = {name: _clean(name, value) for name, value in values.items()}
    if "latitude" in clean and "longitude" in clean:
        require_whole_position(clean["latitude"], clean["longitude"])
    return clean


def require_whole_position(latitude: Decimal | None, longitude: Decimal | None) -> None:
    """A position is both coordinates or neither. Raises InvalidAddress."""
    if (latitude is None) != (longitude is None):
        raise _invalid("longitude" if longitude is None else "latitude")


def _clean(name: str, value: Any) -> Any:
    if name in LENGTHS:
        return text.line(value, name, LENGTHS[name], min_length=int(name in _REQUIRED))
    if name == "purpose":
        return text.choice(value, name, PURPOSES)
    if name == "instructions":
        return text.prose(value, name, 2000)
    if name == "country":
        country = value.strip().upper()
        if not _COUNTRY.fullmatch(country):
            raise _invalid(name)
        return country
    return _degrees(name, value)


def _degrees(name: str, value: Any) -> Decimal | None:
    if value is None:
        return None
    try:
        degrees = Decimal(value).quantize(Decimal("0.000001"))
    except (InvalidOperation, TypeError, ValueError) as error:
        raise _invalid(name) from error
    if not degrees.is_finite() or abs(degrees) > _LIMITS[name]:
        raise _invalid(name)
    return degrees


def _invalid(field: str) -> InvalidAddress:
    message = InvalidAddress.__doc__ or ""
    return InvalidAddress(
        errors=[FieldError(field=field, code=InvalidAddress.code, message=message)]
    )
