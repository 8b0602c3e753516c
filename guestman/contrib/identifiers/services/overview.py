"""Everything about one customer at a glance, and who has what is about to be written down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Max, Min

from guestman.contrib.identifiers.conf import conf
from guestman.contrib.identifiers.models import RecordLink
from guestman.contrib.identifiers.rules.claims import Hit
from guestman.contrib.identifiers.services import hits
from guestman.contrib.identifiers.services.claims import Claimant, masked_claims, stated
from guestman.models import Customer, CustomerQuerySet
from guestman.services import ports
from shopman import actor, audit, clock, tenancy
from shopman.errors import Throttled

#: Orders in an overview; the order API has the rest.
RECENT_ORDERS = 10
_MINUTE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacted:
    """How often and when a customer had to do with the shop."""

    total_interactions: int
    first_contact: dt.datetime
    last_activity: dt.datetime


def records_by_source(customer: Customer) -> list[Mapping[str, Any]]:
    """Linked records counted by their kind, with the latest link."""
    rows = RecordLink.objects.filter(customer=customer).values("source_type")
    counted = rows.annotate(count=Count("uuid"), latest_at=Max("linked_at"))
    return [dict(each) for each in counted.order_by("source_type")]


def orders(customer: Customer) -> list[dict[str, Any]]:
    """The latest orders, as the order app tells them."""
    found = ports.order_history.get().get_customer_orders(customer.pk, limit=RECENT_ORDERS)
    names = ("uuid", "ref", "kind", "status", "channel", "currency", "total_amount", "placed_at")
    return [{name: getattr(each, name) for name in names} for each in found]


def contacted(customer: Customer) -> Contacted:
    """Orders and linked records together; a customer's own record is the first contact at least."""
    stats = ports.order_history.get().get_order_stats(customer.pk)
    links = RecordLink.objects.filter(customer=customer).aggregate(
        count=Count("uuid"), first=Min("linked_at"), last=Max("linked_at")
    )
    moments = [
        customer.created_at,
        *filter(None, (stats.first_order_at, stats.last_order_at, links["first"], links["last"])),
    ]
    return Contacted(
        total_interactions=stats.order_count + links["count"],
        first_contact=min(moments),
        last_activity=max(moments),
    )


def holders(
    visible: CustomerQuerySet, *, email: str = "", phone: str = "", document: str = ""
) -> list[tuple[Customer, list[str]]]:
    """Active customers with one of these, and what of it; whoever has the most comes first.

    For whoever is about to write down a customer. Asking is kept in the audit trail and limited to
    ``CHECKS_PER_MINUTE`` a minute for each member of staff. Raises Throttled.
    """
    _take_turn()
    said = stated(Claimant(email=email, phone=phone, document=document, evidence="A"))
    matched = _matched(hits.find(said.claims))
    rows = visible.active().filter(pk__in=matched)
    found = sorted(rows, key=lambda row: (-len(matched[row.pk]), row.pk))[: conf.MAX_CHECKED]
    audit.record(
        subject=f"tenant:{tenancy.current().pk}",
        action="contacts.check",
        after={"claims": masked_claims(said.claims), "found": [str(row.pk) for row in found]},
    )
    return [(row, sorted(matched[row.pk])) for row in found]


def _matched(found: list[Hit]) -> Mapping[Any, set[str]]:
    matched: dict[Any, set[str]] = {}
    for hit in found:
        if not hit.is_hint:
            matched.setdefault(hit.owner.customer, set()).add(hit.at[0])
    return matched


def _take_turn() -> None:
    who, minute = actor.current(), int(clock.now().timestamp()) // _MINUTE
    key = f"identifiers.checks:{tenancy.current().pk}:{who.kind}:{who.id}:{minute}"
    cache.add(key, 0, timeout=2 * _MINUTE)
    if cache.incr(key) > conf.CHECKS_PER_MINUTE:
        raise Throttled(retry_after_seconds=_MINUTE)


def merged_into(customer: Customer) -> Iterator[Any]:
    """Keys of the customers that answer as this one."""
    yield from (
        Customer.objects.filter(merged_into=customer)
        .order_by("uuid")
        .values_list("uuid", flat=True)
    )
