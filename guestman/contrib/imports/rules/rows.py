"""A record of the file as a customer, or why it is none."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

from guestman.contrib.identifiers.rules.junk import Standing, is_token
from guestman.contrib.imports.rules.columns import ADDRESS, plain
from guestman.errors import InvalidBirthDate, InvalidChoice, InvalidEmail, InvalidText
from guestman.rules import addresses, documents, text
from guestman.rules.contacts import contact_form
from guestman.rules.documents import Document
from guestman.rules.sameness import Traits
from shopman.errors import Failure

#: Characters of a key another system gave its record.
KEY_LIMIT: Final = 100
_TYPES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("person", "individual", "pessoa fisica", "fisica", "pf", "f", "persona",
                     "persona fisica", "particular", "b2c"), "person"),
    **dict.fromkeys(("company", "business", "organization", "pessoa juridica", "juridica", "pj",
                     "j", "empresa", "persona juridica", "sociedad", "b2b"), "company"),
}  # fmt: skip
_DAY: Final = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?:[ T]0?0:00(?::00)?)?", re.ASCII)
_ISO: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T].*)?", re.ASCII)
#: Stands where bytes could not be read in the file's encoding.
_UNREADABLE: Final = "\ufffd"

Cells = Sequence[str]


class CellError(NamedTuple):
    """A cell that cannot be taken: the field, and a stable word for what is wrong with it."""

    field: str
    code: str


class Contact(NamedTuple):
    """A number or address; plain values, because a row waits in a file for its like."""

    family: str
    value: str
    key: str
    variant: str
    is_shared: bool


class Row(NamedTuple):
    """A row that counts."""

    line: int
    #: The row's identity in its system: the key it has there, or a digest of what it says.
    key: str
    has_own_key: bool
    first_name: str
    last_name: str
    customer_type: str
    #: Number, kind and country; empty without one.
    document: tuple[str, str, str]
    contacts: tuple[Contact, ...]
    #: ISO 8601, or empty.
    birth_date: str
    group: str
    notes: str
    source: str
    locale: str
    #: As ``guestman.rules.addresses`` has it, as pairs; empty without a street and a city.
    address: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def document_key(self) -> str:
        return Document(*self.document).key

    @property
    def traits(self) -> Traits:
        """What the row says of who it is about."""
        return Traits(
            name=self.name,
            is_company=self.customer_type == "company",
            document=Document(*self.document),
            birth_date=dt.date.fromisoformat(self.birth_date) if self.birth_date else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the cells of one file are read."""

    places: Mapping[str, int]
    width: int
    dates: str
    region: str
    today: dt.date
    #: Folded code or name of a group to its code.
    groups: Mapping[str, str]
    locales: Sequence[str]
    notes_limit: int
    #: What a canonical value of a family is good for.
    standing: Callable[[str, str], Standing]


class RowRules:
    """Reads the records of one file."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self._cells = list(reading.places.items())
        self._least = max(reading.places.values()) + 1
        self._read: dict[str, Callable[[str], Any]] = {
            "first_name": lambda value: text.line(value, "first_name", 150),
            "last_name": lambda value: text.line(value, "last_name", 150),
            "name": lambda value: text.line(value, "name", 300),
            "external_id": lambda value: text.line(value, "external_id", KEY_LIMIT),
            "notes": lambda value: text.prose(value, "notes", reading.notes_limit),
            "source": lambda value: text.line(value, "source", 64),
            "locale": lru_cache(1000)(lambda value: text.locale(value, reading.locales)),
            "group": lru_cache(1000)(self._group),
            "customer_type": lru_cache(1000)(_customer_type),
            "birth_date": lru_cache(50_000)(self._birth_date),
            "phone": self._phone,
            "phone_2": self._phone,
            "email": self._email,
            "email_2": self._email,
            "document": self._document,
        }

    def read(self, line: int, cells: Cells) -> Row | list[CellError]:
        """The row, or every cell of it that cannot be taken."""
        if len(cells) < self._least or any(cells[self.reading.width :]):
            return [CellError("", "column_count" if cells else "not_readable")]
        values: dict[str, Any] = {}
        errors: list[CellError] = []
        for field, at in self._cells:
            cell = cells[at]
            if not cell or cell.isspace():
                continue
            try:
                values[field] = self._value(field, cell)
            except Failure as failure:
                errors.append(CellError(field, failure.code))
        address = self._address(values, errors)
        return errors or self._row(line, values, address)

    def _value(self, field: str, cell: str) -> Any:
        if _UNREADABLE in cell:
            raise InvalidText
        read = self._read.get(field)
        return cell if read is None else read(cell)

    def _row(
        self, line: int, values: dict[str, Any], address: tuple[tuple[str, str], ...]
    ) -> Row | list[CellError]:
        document = values.get("document", ("", "", ""))
        kind = values.get("customer_type") or ("company" if document[1] == "cnpj" else "person")
        first, last = _names(values, is_company=kind == "company")
        if len(first) > 150 or len(last) > 150:
            return [CellError("name", "invalid_text")]
        contacts = _once(values.get(each) for each in ("phone", "phone_2", "email", "email_2"))
        own = values.get("external_id", "")
        if not (own or document[0] or any(not each.is_shared for each in contacts)):
            return [CellError("", "nothing_to_resolve")]
        row = Row(
            line=line,
            key=own,
            has_own_key=bool(own),
            first_name=first,
            last_name=last,
            customer_type=kind,
            document=document,
            contacts=contacts,
            birth_date=values.get("birth_date", ""),
            group=values.get("group", ""),
            notes=values.get("notes", ""),
            source=values.get("source", ""),
            locale=values.get("locale", ""),
            address=address,
        )
        return row if own else row._replace(key=_digest(row))

    def _phone(self, cell: str) -> Contact | None:
        return self._contact("phone", cell)

    def _email(self, cell: str) -> Contact | None:
        return self._contact("email", cell)

    def _contact(self, family: str, cell: str) -> Contact | None:
        """None for what names nobody; it is no error to have written it."""
        if is_token(cell):
            return None
        try:
            form = contact_form(family, cell, self.reading.region)
        except InvalidEmail:
            # ``none@none`` says that there is none.
            if is_token(cell.partition("@")[0]):
                return None
            raise
        standing = self.reading.standing(family, form.match_key)
        if standing == "junk":
            return None
        return Contact(
            family, form.value, form.match_key, form.variant_key, is_shared=standing == "shared"
        )

    def _document(self, cell: str) -> tuple[str, str, str]:
        if is_token(cell):
            return "", "", ""
        found = documents.parse(cell, country=self.reading.region)
        if self.reading.standing("document", found.key) == "junk":
            return "", "", ""
        return found.number, found.kind, found.country

    def _group(self, cell: str) -> str:
        code = self.reading.groups.get(plain(cell))
        if code is None:
            raise InvalidChoice
        return code

    def _birth_date(self, cell: str) -> str:
        day = _day(cell.strip(), self.reading.dates)
        text.birth_date(day, today=self.reading.today)
        return day.isoformat()

    def _address(
        self, values: dict[str, Any], errors: list[CellError]
    ) -> tuple[tuple[str, str], ...]:
        """A street without a city, or the reverse, is no address and no error."""
        given = {name: values[name] for name in ADDRESS if name in values}
        if not {"street", "city"} <= given.keys():
            return ()
        country = given.pop("country", "").strip()
        try:
            clean = addresses.columns(**given, country=self._country(country))
        except Failure as failure:
            errors.append(CellError(_field_of(failure, "street"), failure.code))
            return ()
        return tuple(sorted((name, value) for name, value in clean.items() if value))

    def _country(self, name: str) -> str:
        if len(name) == 2:
            return name
        return _COUNTRIES.get(plain(name), self.reading.region if not name else "?")


_COUNTRIES: Final[Mapping[str, str]] = {
    "brasil": "BR", "brazil": "BR", "portugal": "PT", "espana": "ES", "spain": "ES",
    "espanha": "ES", "argentina": "AR", "mexico": "MX", "uruguay": "UY", "uruguai": "UY",
    "paraguay": "PY", "paraguai": "PY", "chile": "CL", "colombia": "CO", "peru": "PE",
    "united states": "US", "usa": "US", "estados unidos": "US", "united kingdom": "GB",
    "france": "FR", "franca": "FR", "francia": "FR", "germany": "DE", "alemanha": "DE",
    "alemania": "DE", "italy": "IT", "italia": "IT",
}  # fmt: skip


def _customer_type(cell: str) -> str:
    kind = _TYPES.get(plain(cell))
    if kind is None:
        raise InvalidChoice
    return kind


def _day(cell: str, order: str) -> dt.date:
    try:
        if iso := _ISO.fullmatch(cell):
            return dt.date.fromisoformat(iso[1])
        if found := _DAY.fullmatch(cell):
            one, two, year = map(int, found.groups())
            day, month = (one, two) if order == "dmy" else (two, one)
            return dt.date(year, month, day)
    except ValueError:
        pass
    raise InvalidBirthDate


def _names(values: Mapping[str, Any], *, is_company: bool) -> tuple[str, str]:
    """First and last name; a whole name is split behind its first word, but a company's."""
    whole = values.get("name", "")
    first, last = values.get("first_name", ""), values.get("last_name", "")
    if first or last or not whole:
        return first, last
    if is_company and len(whole) <= 150:
        return whole, ""
    head, _space, tail = whole.partition(" ")
    return head, tail


def _once(contacts: Any) -> tuple[Contact, ...]:
    found: dict[tuple[str, str], Contact] = {}
    for each in contacts:
        if each is not None:
            found.setdefault((each.family, each.key), each)
    return tuple(found.values())


def _digest(row: Row) -> str:
    """Of everything the row says; the same row in another place of the file has the same."""
    facts = _JSON.encode((0, *row[1:]))
    return hashlib.blake2b(facts.encode(), digest_size=20).hexdigest()


_JSON: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def _field_of(failure: Failure, otherwise: str) -> str:
    return failure.errors[0].field if failure.errors else otherwise
