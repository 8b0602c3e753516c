"""Contacts as their reader may see them: phone numbers, e-mail addresses, documents.

A request of the staff says who reads (a context variable, like the tenant); whoever shows a contact
asks here, in lists, pages, panels, histories, files and answers of the API alike:

    masking.contact(customer.phone, customer=customer.pk)
    masking.facts(order.data, customer=order.customer_uuid)

Where nobody was named (commands, tasks, storefronts) everything is in full. Work that is done later
for somebody of the staff names the reader again with ``use``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from shopman import contact as contacts

#: JSON names whose values are contacts, in orders, carts, audit entries and identities.
CONTACT_NAMES: Final = frozenset(
    {
        "phone", "email", "document", "value", "canonical", "match_key", "variant_key", "subject",
        "guest_phone", "guest_email", "search_text", "username", "phone_number", "whatsapp",
    }
)  # fmt: skip
#: Digests of what holds contacts: nothing of them is shown, or guesses could be tried on them.
DIGEST_NAMES: Final = frozenset({"data_digest", "old_digest", "new_digest"})

_EMAIL = re.compile(r"[^\s@<>()\[\]{},;:\"']+@[^\s@<>()\[\]{},;:\"']+\.[^\s@<>()\[\]{},;:\"'.]+")
#: Eight digits or more, however they are grouped.
_NUMBER = re.compile(r"(?<![\w.\-])[+(]{0,2}\d(?:[\s().\-/]{0,2}\d){7,}(?![\w\-])")
#: Keys, days and moments look like numbers and are none.
_PLAIN = re.compile(
    r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|\d{4}-\d\d-\d\d(?:[T ][\d:.+Z\-]*)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads: everybody's contacts in full, or only those of these customers."""

    sees_all: bool
    revealed: frozenset[UUID] = frozenset()


OPEN: Final = Reader(sees_all=True)

# A callable, because who reads is not known until a contact is shown.
_reader: ContextVar[Callable[[], Reader]] = ContextVar("shopman_reader", default=lambda: OPEN)


@contextmanager
def use(reader: Reader | Callable[[], Reader]) -> Iterator[None]:
    """Show contacts to this reader for a while. A callable is asked when one is shown."""
    source: Callable[[], Reader] = (lambda: reader) if isinstance(reader, Reader) else reader
    token = _reader.set(source)
    try:
        yield
    finally:
        _reader.reset(token)


@contextmanager
def about(customer: UUID | None) -> Iterator[None]:
    """Show everything in full for a while to a reader who sees this customer's contacts."""
    before = _reader.get()
    with use(lambda: OPEN if sees_of(before(), customer) else before()):
        yield


def sees(customer: UUID | None = None) -> bool:
    """Whether the reader sees the contacts of this customer; without one, those of everybody."""
    return sees_of(_reader.get()(), customer)


def sees_of(reader: Reader, customer: UUID | None) -> bool:
    """Whether this reader sees the contacts of a customer."""
    return reader.sees_all or (customer is not None and customer in reader.revealed)


def contact(value: str, *, customer: UUID | None = None) -> str:
    """A phone number, e-mail address, document or account name, or its mask."""
    return value if sees(customer) else masked(value)


def text(value: str, *, customer: UUID | None = None) -> str:
    """A free text, with masks for whatever looks like an e-mail address or a long number."""
    return value if sees(customer) else masked_text(value)


def facts(value: Any, *, customer: UUID | None = None) -> Any:
    """A JSON value with its contacts masked: by their names, and where a text holds one."""
    return value if sees(customer) else masked_facts(value)


def masked(value: str) -> str:
    """A contact for somebody who may not read it.

    >>> masked("+5511999998888"), masked("ana@loja.com.br"), masked("52998224725")
    ('+55•••••••8888', 'a•••@l•••.br', '•••25')
    """
    if not value:
        return value
    if _EMAIL.fullmatch(value) or value.startswith("+"):
        return contacts.mask(value)
    return f"•••{value[-2:]}" if len(value) > 4 else "•••"


def masked_text(value: str) -> str:
    """A text without e-mail addresses and long numbers.

    >>> masked_text("Rang 11 98765-4321, wrote to ana@loja.com.br")
    'Rang •••21, wrote to a•••@l•••.br'
    """
    if _PLAIN.fullmatch(value):
        return value
    hidden = _EMAIL.sub(lambda found: masked(found[0]), value)
    return _NUMBER.sub(_masked_number, hidden)


def masked_facts(value: Any, name: str = "") -> Any:
    """A JSON value without contacts; ``name`` is what it is called."""
    if isinstance(value, Mapping):
        return {key: masked_facts(each, str(key)) for key, each in value.items()}
    if name in DIGEST_NAMES:
        return "•••"
    if isinstance(value, str):
        return masked(value) if name in CONTACT_NAMES else masked_text(value)
    if isinstance(value, Sequence):
        return [masked_facts(each, name) for each in value]
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return masked(str(value)) if is_number and name in CONTACT_NAMES else value


def _masked_number(found: re.Match[str]) -> str:
    return found[0] if _PLAIN.fullmatch(found[0].strip()) else masked(found[0])
