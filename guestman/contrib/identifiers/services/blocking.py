"""The shop's own additions to what is junk."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from guestman.conf import conf
from guestman.contrib.identifiers.errors import (
    BlockedValueNotFound,
    InvalidIdentifier,
    ValueBlocked,
)
from guestman.contrib.identifiers.models import DOCUMENT, DOMAIN, BlockedValue, CustomerIdentifier
from guestman.contrib.identifiers.rules.junk import Own
from guestman.rules import documents, text
from guestman.rules.contacts import contact_form
from shopman import actor, audit, prepared, tenancy
from shopman.masking import masked
from shopman.memory import Memory
from shopman.models import TenantDomain

_own_junk = Memory(is_steady=True)
_BLOCKED = f"""
SELECT family, key FROM {BlockedValue._meta.db_table} WHERE tenant_id = %s
UNION ALL SELECT %s, host FROM {TenantDomain._meta.db_table} WHERE tenant_id = %s"""  # noqa: S608


def own_junk() -> Own:
    """What names nobody in the shop in use. One query, remembered within a request or task."""
    known: Own | None = _own_junk.get(())
    if known is None:
        tenant = prepared.key(tenancy.current().pk)
        with prepared.cursor() as cursor:
            cursor.execute(_BLOCKED, [tenant, DOMAIN, tenant])
            rows = cursor.fetchall()
        known = Own(
            keys=frozenset(row for row in rows if row[0] != DOMAIN),
            domains=frozenset(key for family, key in rows if family == DOMAIN),
            reserved=conf.BLOCK_RESERVED_VALUES,
        )
        _own_junk.put((), known)
    return known


def block(*, family: str, value: str, reason: str = "") -> BlockedValue:
    """Let a number, an address, a document or a whole domain of e-mail name nobody any more.

    What customers have of it stays, marked as blocked: only who proves it is found by it. Raises
    InvalidIdentifier, ValueBlocked and the errors of the value.
    """
    row = BlockedValue(
        family=family,
        key=_key(family, value),
        reason=text.line(reason, "reason", 200),
        created_by=actor.current().label or actor.current().kind,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            _named(row).update(blocked=True)
            _audit(row, "blocked_value.add")
    except IntegrityError as error:
        raise ValueBlocked from error
    _own_junk.forget()
    return row


def unblock(*, blocked_value: UUID) -> None:
    """Take a blocked value off the list. Raises BlockedValueNotFound."""
    with transaction.atomic():
        row = BlockedValue.objects.select_for_update().filter(uuid=blocked_value).first()
        if row is None:
            raise BlockedValueNotFound
        _audit(row, "blocked_value.remove")
        row.delete()
        _free(row)
    _own_junk.forget()


def _named(row: BlockedValue) -> QuerySet[CustomerIdentifier]:
    """Identifiers that a blocked value names."""
    rows: QuerySet[CustomerIdentifier] = CustomerIdentifier.objects.all()
    if row.family == DOMAIN:
        return rows.filter(family="email", match_key__endswith=f"@{row.key}")
    return rows.filter(family=row.family, match_key=row.key)


def _free(row: BlockedValue) -> None:
    """Take the mark off identifiers that nothing else on the list names."""
    rows = _named(row)
    if row.family == DOMAIN:
        alone = BlockedValue.objects.filter(family="email").values("key")
        rows = rows.exclude(match_key__in=alone)
    elif row.family == "email":
        domain = row.key.rpartition("@")[2]
        if BlockedValue.objects.filter(family=DOMAIN, key=domain).exists():
            return
    rows.update(blocked=False)


def _key(family: str, value: str) -> str:
    region = tenancy.current().default_region
    if family == DOMAIN:
        return contact_form("email", f"a@{value.strip().lstrip('@')}", None).match_key[2:]
    if family == DOCUMENT:
        return documents.parse(value, country=region).key
    if family not in BlockedValue.Family:
        raise InvalidIdentifier
    return contact_form(family, value, region).match_key


def _audit(row: BlockedValue, action: str) -> None:
    audit.record(
        subject=f"blocked_value:{row.pk}",
        action=action,
        after={"family": row.family, "value": masked(row.key), "reason": row.reason},
    )
