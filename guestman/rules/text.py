"""Text that people type, made fit to be stored."""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Any

from guestman.errors import (
    InvalidBirthDate,
    InvalidChoice,
    InvalidCode,
    InvalidLocale,
    InvalidMetadata,
    InvalidText,
)
from shopman.errors import Failure, FieldError

#: Characters of a code.
CODE_LENGTH = 64
EARLIEST_BIRTH_DATE = dt.date(1900, 1, 1)

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def line(text: str, field: str, max_length: int, *, min_length: int = 0) -> str:
    """One line: NFC, single spaces, no control characters. Raises InvalidText naming the field."""
    clean = " ".join(unicodedata.normalize("NFC", text).split())
    if _CONTROL.search(clean) or not min_length <= len(clean) <= max_length:
        raise InvalidText(errors=[_error(field, InvalidText)])
    return clean


def prose(text: str, field: str, max_length: int) -> str:
    """Several lines: NFC, no control characters but line breaks and tabs. Raises InvalidText."""
    clean = unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip()
    if _CONTROL.search(clean) or len(clean) > max_length:
        raise InvalidText(errors=[_error(field, InvalidText)])
    return clean


def code(text: str) -> str:
    """A code as its chooser wrote it, case included; single spaces. Raises InvalidCode."""
    clean = " ".join(unicodedata.normalize("NFC", text).split())
    if not 1 <= len(clean) <= CODE_LENGTH or not clean.isprintable():
        raise InvalidCode(errors=[_error("code", InvalidCode)])
    return clean


def choice(value: str, field: str, choices: Collection[str]) -> str:
    """One of the choices. Raises InvalidChoice naming the field."""
    if value not in choices:
        raise InvalidChoice(errors=[_error(field, InvalidChoice)])
    return str(value)


def locale(tag: str, known: Collection[str]) -> str:
    """A known language tag in lower case, or empty. Raises InvalidLocale."""
    clean = tag.strip().lower().replace("_", "-")
    if clean and clean not in known:
        raise InvalidLocale(errors=[_error("locale", InvalidLocale)])
    return clean


def birth_date(day: dt.date | None, *, today: dt.date) -> dt.date | None:
    """A day somebody alive may have been born on. Raises InvalidBirthDate."""
    if day is not None and not EARLIEST_BIRTH_DATE <= day <= today:
        raise InvalidBirthDate(errors=[_error("birth_date", InvalidBirthDate)])
    return day


def json_object(value: Mapping[str, Any], field: str, max_bytes: int) -> dict[str, Any]:
    """A JSON object of at most ``max_bytes`` of UTF-8, no NaN, no NUL. Raises InvalidMetadata."""
    problem = InvalidMetadata(errors=[_error(field, InvalidMetadata)])
    if not isinstance(value, Mapping):
        raise problem
    try:
        text = json.dumps(dict(value), allow_nan=False, ensure_ascii=False, separators=(",", ":"))
        size = len(text.encode())
    except (TypeError, ValueError, RecursionError) as error:
        raise problem from error
    if size > max_bytes or "\\u0000" in text:
        raise problem
    # What comes back is what the database will give back: tuples as lists, keys as strings.
    plain: dict[str, Any] = json.loads(text)
    return plain


def _error(field: str, kind: type[Failure]) -> FieldError:
    return FieldError(field=field, code=kind.code, message=kind.__doc__ or "")
