"""The shop's own additions to what is junk."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction

from guestman.conf import conf
from guestman.contrib.identifiers.errors import (
    BlockedValueNotFound,
    InvalidIdentifier,
    ValueBlocked,
)
from guestman.contrib.identifiers.models import DOCUMENT, DOMAIN, BlockedValue
from guestman.contrib.identifiers.rules.junk import Own
from guestman.contrib.identifiers.services import recall
from guestman.rules import documents, text
from guestman.rules.contacts import contact_form
from shopman import actor, audit, tenancy
from shopman.masking import masked
from shopman.models import TenantDomain


def own_junk() -> Own:
    """What names nobody in the shop in use. Two queries, remembered within a request or task."""
    known: Own | None = recall.get("own_junk")
    if known is None:
        rows = set(BlockedValue.objects.values_list("family", "key"))
        hosts = TenantDomain.objects.filter(tenant=tenancy.current()).values_list("host", flat=True)
        known = Own(
            keys=frozenset(row for row in rows if row[0] != DOMAIN),
            domains=frozenset(hosts) | {key for family, key in rows if family == DOMAIN},
            reserved=conf.BLOCK_RESERVED_VALUES,
        )
        recall.put("own_junk", known)
    return known


def block(*, family: str, value: str, reason: str = "") -> BlockedValue:
    """Let a number, an address, a document or a whole domain of e-mail name nobody any more.

    What it named so far stays as it is. Raises InvalidIdentifier, ValueBlocked and the errors of
    the value.
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
            _audit(row, "blocked_value.add")
    except IntegrityError as error:
        raise ValueBlocked from error
    recall.forget()
    return row


def unblock(*, blocked_value: UUID) -> None:
    """Take a blocked value off the list. Raises BlockedValueNotFound."""
    with transaction.atomic():
        row = BlockedValue.objects.select_for_update().filter(uuid=blocked_value).first()
        if row is None:
            raise BlockedValueNotFound
        _audit(row, "blocked_value.remove")
        row.delete()
    recall.forget()


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
