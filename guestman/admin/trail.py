"""The audit trail of a customer, with the names of what it refers to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from django.db import models

from guestman.models import Customer, CustomerGroup
from shopman import audit_trail
from shopman.audit_trail import Entry, Line
from shopman.models import Organization

_NAMED: Mapping[str, type[models.Model]] = {
    "group": CustomerGroup,
    "organization": Organization,
}


def entries(customer: Customer, *, limit: int, offset: int = 0) -> list[Entry]:
    """The changes of a customer, newest first. One query, and one for each kind of row named."""
    found = audit_trail.of(customer.subject, limit=limit, offset=offset)
    names: dict[str, str] = {}
    for field, model in _NAMED.items():
        keys = {
            UUID(key)
            for entry in found
            for line in entry.lines
            if line.field == field
            for key in (line.old, line.new)
            if key
        }
        if keys:
            rows = model._default_manager.filter(pk__in=keys).values_list("pk", "name")
            names |= {str(key): name for key, name in rows}
    return [replace(entry, lines=[_named(line, names) for line in entry.lines]) for entry in found]


def _named(line: Line, names: Mapping[str, str]) -> Line:
    if line.field not in _NAMED:
        return line
    return replace(line, old=names.get(line.old, line.old), new=names.get(line.new, line.new))
