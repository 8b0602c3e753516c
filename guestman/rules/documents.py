"""Tax ids, checked by python-stdnum."""

from __future__ import annotations

import re
from typing import NamedTuple

from stdnum.br import cnpj, cpf
from stdnum.exceptions import ValidationError
from stdnum.util import clean, get_cc_module

from guestman.errors import InvalidDocument
from shopman.errors import FieldError

KINDS = ("cpf", "cnpj", "vat", "other")

_OTHER = re.compile(r"[A-Z0-9]{3,40}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_BRAZILIAN = {"cpf": cpf, "cnpj": cnpj}


class Document(NamedTuple):
    """A checked document. ``number`` has no punctuation and is upper case."""

    number: str
    kind: str
    country: str

    @property
    def key(self) -> str:
        """What documents are compared by, whatever they are called; empty without one."""
        return f"{self.country}:{self.number}" if self.number else ""


NONE = Document(number="", kind="", country="")


def parse(number: str, *, country: str, kind: str | None = None) -> Document:
    """The document a person typed. Raises InvalidDocument.

    ``country`` is ISO 3166-1 alpha-2. Without ``kind`` Brazil's are told apart by their length, the
    tax id of another country is checked by that country's rules where they are known, and anything
    else is ``other``: letters and digits without a check.
    """
    country = country.strip().upper()
    if not _COUNTRY.fullmatch(country) or kind not in (None, *KINDS):
        raise _invalid()
    compact = re.sub(r"[\s./\-]", "", clean(number)).upper()
    if kind is None:
        kind = _kind_of(compact, country)
    if kind != "other":
        compact = _checked(number, country, kind)
    if not _OTHER.fullmatch(compact):
        raise _invalid()
    return Document(number=compact, kind=kind, country=country)


def _kind_of(compact: str, country: str) -> str:
    if country == "BR":
        return "cpf" if len(compact) == 11 else "cnpj"
    return "vat" if get_cc_module(country.lower(), "vat") else "other"


def _checked(number: str, country: str, kind: str) -> str:
    module = _BRAZILIAN.get(kind) or get_cc_module(country.lower(), "vat")
    if module is None or (kind in _BRAZILIAN) != (country == "BR"):
        raise _invalid()
    try:
        checked = str(module.validate(number)).upper()
    except ValidationError as error:
        raise _invalid() from error
    # 111.111.111-11 and its like pass the check digits and were given to nobody.
    if len(set(checked)) == 1:
        raise _invalid()
    return checked


def _invalid() -> InvalidDocument:
    message = InvalidDocument.__doc__ or ""
    return InvalidDocument(
        errors=[FieldError(field="document", code=InvalidDocument.code, message=message)]
    )
