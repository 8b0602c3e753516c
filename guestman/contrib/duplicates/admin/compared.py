"""Two customers side by side, line by line, with what differs marked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guestman.models import ContactPoint, Customer, CustomerAddress
from guestman.services import traits
from shopman import masking
from shopman.contact import readable
from shopman.text import fold

#: Values of one line that are shown; the customer's page has the others.
SHOWN = 6

MARKS: dict[str, str | Promise] = {
    "same": _("the same"),
    "differs": _("differs"),
    "partly": _("partly the same"),
    "one": _("only one has it"),
    "none": "",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What one of them has; ``is_common``: the other one too."""

    text: str
    is_common: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that both may have. ``mark`` is a key of ``MARKS``."""

    label: str | Promise
    sides: tuple[Sequence[Value], Sequence[Value]]
    mark: str

    @property
    def told(self) -> str | Promise:
        return MARKS[self.mark]


#: A value as it is compared, and as its reader may see it.
Told = tuple[str, str]


def lines(low: Customer, high: Customer) -> list[Line]:
    """What is known of either, in two queries."""
    contacts, addresses = _contacts(low, high), _addresses(low, high)
    readers: tuple[tuple[str | Promise, Callable[[Customer], list[Told]]], ...] = (
        (_("First name"), lambda each: _plain(each.first_name)),
        (_("Last name"), lambda each: _plain(each.last_name)),
        (_("Birth date"), _birth_date),
        (_("Document"), _document),
        (_("Phone"), lambda each: contacts[each.pk, "phone"]),
        (_("E-mail"), lambda each: contacts[each.pk, "email"]),
        (_("Address"), lambda each: addresses[each.pk]),
        (_("Type"), lambda each: _plain(each.get_customer_type_display())),
    )
    found = [_line(label, read(low), read(high)) for label, read in readers]
    # Every record has a code and a day of its own, which says nothing.
    own = [replace(_line(label, read(low), read(high)), mark="none") for label, read in _OWN]
    return [line for line in (*found, *own) if line.sides != ([], [])]


def _line(label: str | Promise, low: list[Told], high: list[Told]) -> Line:
    mine, theirs = {key for key, _text in low}, {key for key, _text in high}
    common = mine & theirs
    if not mine or not theirs:
        mark = "one"
    elif mine == theirs:
        mark = "same"
    else:
        mark = "partly" if common else "differs"
    sides = (_values(low, common), _values(high, common))
    return Line(label=label, sides=sides, mark=mark)


def _values(told: list[Told], common: set[str]) -> list[Value]:
    return [Value(text=text, is_common=key in common) for key, text in told[:SHOWN]]


def _plain(text: str) -> list[Told]:
    return [(fold(text), text)] if text else []


def _birth_date(customer: Customer) -> list[Told]:
    born = customer.birth_date
    return [(born.isoformat(), date_format(born, "DATE_FORMAT"))] if born else []


def _document(customer: Customer) -> list[Told]:
    found = traits.document_of(customer)
    if not found.number:
        return []
    return [(found.key, masking.contact(found.number, customer=customer.pk))]


def _made(customer: Customer) -> list[Told]:
    day = date_format(timezone.localtime(customer.created_at), "SHORT_DATE_FORMAT")
    return [(day, day)]


_OWN: tuple[tuple[str | Promise, Callable[[Customer], list[Told]]], ...] = (
    (_("Made"), _made),
    (_("Code"), lambda each: _plain(each.code)),
)


def _contacts(*customers: Customer) -> Any:
    rows = ContactPoint.objects.live().filter(customer__in=customers)
    found: dict[tuple[UUID, str], list[Told]] = {
        (each.pk, family): [] for each in customers for family in ("phone", "email")
    }
    for row in rows.filter(family__in=("phone", "email")).order_by("-is_primary", "created_at"):
        shown = readable(masking.contact(row.canonical, customer=row.customer_id))
        found[row.customer_id, row.family].append((row.variant_key, shown))
    return found


def _addresses(*customers: Customer) -> dict[UUID, list[Told]]:
    found: dict[UUID, list[Told]] = {each.pk: [] for each in customers}
    rows = CustomerAddress.objects.live().filter(customer__in=customers)
    for row in rows.order_by("-is_default", "created_at", "uuid"):
        text = ", ".join(_parts(row))
        found[row.customer_id].append((fold(text), text))
    return found


def _parts(row: CustomerAddress) -> Iterator[str]:
    street = f"{row.street} {row.number}".strip()
    for part in (street, row.complement, row.district, row.city, row.region, row.postal_code):
        if part:
            yield part
