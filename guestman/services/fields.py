"""The fields of a customer as callers give them, made fit to be stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS

from guestman.conf import conf
from guestman.errors import UnknownAssignee, UnknownGroup
from guestman.models import Customer, CustomerGroup
from guestman.rules import documents, text
from shopman import clock, tenancy
from shopman.models import Membership, sole
from shopman.prepared import Prepared
from shopman.unset import UNSET, NotGiven

#: What staff may choose; ``inactive`` is for ``deactivate`` alone.
STATUSES = ("prospect", "active", "churned")

_GROUP_COLUMNS = [field.attname for field in CustomerGroup._meta.concrete_fields]
# Asked for every new customer.
_DEFAULT_GROUP = Prepared(
    build=lambda tenant: CustomerGroup.all_tenants.filter(
        tenant=tenant, is_default=True
    ).values_list(*_GROUP_COLUMNS),
    mark=UUID(int=1),
)


def columns(
    *,
    first_name: str | NotGiven = UNSET,
    last_name: str | NotGiven = UNSET,
    customer_type: str | NotGiven = UNSET,
    status: str | NotGiven = UNSET,
    source: str | NotGiven = UNSET,
    locale: str | NotGiven = UNSET,
    birth_date: dt.date | NotGiven | None = UNSET,
    notes: str | NotGiven = UNSET,
    metadata: Mapping[str, Any] | NotGiven = UNSET,
) -> dict[str, Any]:
    """Column values of what was given. Raises the errors of ``guestman.rules.text``."""
    given = {
        "first_name": first_name,
        "last_name": last_name,
        "customer_type": customer_type,
        "status": status,
        "source": source,
        "locale": locale,
        "birth_date": birth_date,
        "notes": notes,
        "metadata": metadata,
    }
    return {name: _NORMAL_FORMS[name](value) for name, value in given.items() if value is not UNSET}


def document_columns(number: str | None, country: str | None, kind: str | None) -> dict[str, str]:
    """The three columns of a document; all empty for none. Raises InvalidDocument."""
    found = documents.NONE
    if number and number.strip():
        country = country or tenancy.current().default_region
        found = documents.parse(number, country=country, kind=kind)
    return {
        "document": found.number,
        "document_kind": found.kind,
        "document_country": found.country,
    }


def group(code: str | None) -> CustomerGroup | None:
    """The group with this code; without one the default group. Raises UnknownGroup."""
    found: CustomerGroup | None
    if code is None:
        rows = _DEFAULT_GROUP.rows(tenancy.current().pk)
        found = CustomerGroup.from_db(DEFAULT_DB_ALIAS, _GROUP_COLUMNS, rows[0]) if rows else None
    else:
        found = sole(CustomerGroup.objects.filter(code=code))
        if found is None:
            raise UnknownGroup
    return found


def json_object(value: Mapping[str, Any], field: str = "metadata") -> dict[str, Any]:
    """A JSON object within the size limit. Raises InvalidMetadata."""
    return text.json_object(value, field, conf.METADATA_MAX_BYTES)


def assignee(value: Any) -> Any:
    """Key of a user (given as such or as the user) who works for the tenant, or None.

    Raises UnknownAssignee.
    """
    key = getattr(value, "pk", value)
    if key is None:
        return None
    if not Membership.objects.filter(user=key).exists():
        raise UnknownAssignee
    return key


def _birth_date(value: dt.date | None) -> dt.date | None:
    today = clock.now().astimezone(tenancy.current().zone).date()
    return text.birth_date(value, today=today)


_NORMAL_FORMS: Mapping[str, Callable[[Any], Any]] = {
    "first_name": lambda value: text.line(value, "first_name", 150),
    "last_name": lambda value: text.line(value, "last_name", 150),
    "customer_type": lambda value: text.choice(value, "customer_type", Customer.Type.values),
    "status": lambda value: text.choice(value, "status", STATUSES),
    "source": lambda value: text.line(value, "source", 64),
    "locale": lambda value: text.locale(value, conf.LOCALES),
    "birth_date": _birth_date,
    "notes": lambda value: text.prose(value, "notes", conf.NOTES_MAX_LENGTH),
    "metadata": json_object,
}
