"""The rows of one person as the services of the core take them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from guestman.contrib.identifiers import bulk as identity
from guestman.contrib.identifiers.models import CustomerIdentifier
from guestman.contrib.identifiers.rules.claims import Claim
from guestman.contrib.imports.rules.grouping import contacts_of, fullest_name
from guestman.contrib.imports.rules.judgement import Group, Judged, Rules
from guestman.contrib.imports.rules.rows import Contact, Row
from guestman.rules.contacts import ContactForm
from guestman.services.bulk_fill import Gaps
from guestman.services.newcomers import NewContact, NewPerson


def person_of(group: Group, rules: Rules) -> NewPerson:
    """A new customer."""
    rows = group.rows
    first_name, last_name = fullest_name(rows)
    number, kind, country = _first(rows, "document") if rules.evidence == "A" else ("", "", "")
    born = _first(rows, "birth_date")
    return NewPerson(
        columns={
            "first_name": first_name,
            "last_name": last_name,
            "customer_type": rows[0].customer_type,
            "document": number,
            "document_kind": kind,
            "document_country": country,
            "birth_date": dt.date.fromisoformat(born) if born else None,
            "notes": _first(rows, "notes"),
            "locale": _first(rows, "locale"),
            "source": _first(rows, "source") or rules.source_type,
        },
        contacts=[_contact(each, group) for each in contacts_of(rows)],
        address=_address(rows),
        group_code=_first(rows, "group") or None,
        evidence=rules.evidence,  # type: ignore[arg-type]  # a file proves nothing: A or U
    )


def _contact(each: Contact, group: Group) -> NewContact:
    form = ContactForm(
        kind=each.family,
        family=each.family,
        value=each.value,
        canonical=each.key,
        match_key=each.key,
        variant_key=each.variant,
    )
    is_shared = each.is_shared or f"{each.family}\n{each.key}" in group.shared
    return NewContact(form=form, is_shared=is_shared)


def gaps_of(judged: Iterable[Judged]) -> list[Gaps]:
    """What the rows of known customers say of them; of two groups of one customer the first."""
    found: dict[UUID, Gaps] = {}
    for group, verdict, _claims in judged:
        if verdict.kind in ("same", "match") and verdict.customer is not None:
            found.setdefault(verdict.customer, _gaps(group, verdict.customer))
    return list(found.values())


def _gaps(group: Group, customer: UUID) -> Gaps:
    rows = group.rows
    first_name, last_name = fullest_name(rows)
    born = _first(rows, "birth_date")
    return Gaps(
        customer=customer,
        columns={
            "first_name": first_name,
            "last_name": last_name,
            "birth_date": dt.date.fromisoformat(born) if born else None,
            "notes": _first(rows, "notes"),
            "locale": _first(rows, "locale"),
        },
        address=_address(rows),
    )


def _address(rows: Sequence[Row]) -> dict[str, Any]:
    return dict(_first(rows, "address") or ())


def _first(rows: Sequence[Row], name: str) -> Any:
    """The first value that the rows have for a field, empty when none has."""
    if len(rows) == 1:
        return getattr(rows[0], name)
    values = [getattr(row, name) for row in rows]
    return next((each for each in values if each and any(each)), values[0])


def typed(
    claim: Claim, customer: UUID, group: Group, source: str, *, is_pending: bool = False
) -> CustomerIdentifier:
    """An identifier that was only said of a customer."""
    contact = next(
        (each for each in contacts_of(group.rows) if (each.family, each.key) == claim.at), None
    )
    return identity.of_claim(
        customer,
        claim,
        variant_key=contact.variant if contact else "",
        is_pending=is_pending,
        source=source,
    )
