"""A customer's orders on the customer's page, known by keys alone: facts, last orders, spend."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from omniman.admin import snapshots, words
from omniman.history import breakdown
from omniman.history.breakdown import StatusSum
from omniman.models import Order
from omniman.models.order import KIND_LABELS
from omniman.rules.status import Kind
from shopman import charts, clock, money, panels, periods, tenancy
from shopman.charts import Bars, Category, Series
from shopman.models import of_organizations
from shopman.panels import Fact, Panel, Said
from shopman.tenancy import staff

#: The page of a customer, whoever shows it.
CUSTOMER_PAGE: Final = "guestman.customer"
#: Orders on the page; the list has the others.
SHOWN_ORDERS: Final = 8
#: Months of the figure, this one included.
SHOWN_MONTHS: Final = 12


def _keys(request: HttpRequest, customer: Model) -> Collection[UUID]:
    return panels.keys(CUSTOMER_PAGE, request, customer)


def _organizations(request: HttpRequest) -> Collection[UUID]:
    access = staff.access(request)
    return access.organizations if access else ()


def _sums(request: HttpRequest, customer: Model) -> Sequence[StatusSum]:
    return panels.remembered(
        request,
        ("order sums", customer.pk),
        lambda: breakdown.by_status(
            _keys(request, customer), organizations=_organizations(request)
        ),
    )


def _last_orders(request: HttpRequest, customer: Model) -> Sequence[Order]:
    def look_up() -> Sequence[Order]:
        rows = Order.objects.filter(customer_uuid__in=_keys(request, customer))
        own = rows.filter(of_organizations(_organizations(request))).select_related("channel")
        return list(own.order_by("-placed_at", "-uuid")[:SHOWN_ORDERS])

    return panels.remembered(request, ("last orders", customer.pk), look_up)


def _list_of(request: HttpRequest, customer: Model, **more: str) -> str:
    """Address of the list of orders, narrowed to the customer's."""
    keys = ",".join(map(str, _keys(request, customer)))
    query = urlencode({"customer_uuid__in": keys, **more}, safe=",")
    return f"{reverse('admin:omniman_order_changelist')}?{query}"


def _fact(request: HttpRequest, customer: Model) -> Said:
    sums = _sums(request, customer)
    if not sums:
        return Said(text=_("None"))
    days = {
        "first": _day(min(each.first_order_at for each in sums)),
        "last": _day(max(each.last_order_at for each in sums)),
    }
    valid = sum(each.valid_count for each in sums)
    rest = sum(each.order_count for each in sums) - valid
    told = [_("first on %(first)s, last on %(last)s") % days]
    if rest:
        more = ngettext(
            "%(count)d more is cancelled, returned or refunded in full",
            "%(count)d more are cancelled, returned or refunded in full",
            rest,
        )
        told.append(more % {"count": rest})
    return Said(text=str(valid), note="; ".join(told), href=_list_of(request, customer))


def _day(moment: dt.datetime) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATE_FORMAT")


def _orders(request: HttpRequest, customer: Model) -> Mapping[str, Any]:
    sums = _sums(request, customer)
    count = sum(each.order_count for each in sums)
    is_mixed = count != sum(each.valid_count for each in sums)
    return {
        "rows": [_order(row) for row in _last_orders(request, customer)],
        "sums": [
            {
                "status": _standing(each.kind, each.status),
                "count": each.order_count,
                "net": money.shown(each.net_amount, each.currency),
                "href": _list_of(
                    request,
                    customer,
                    kind__exact=each.kind,
                    status__exact=each.status,
                    currency__exact=each.currency,
                ),
            }
            for each in sums
        ],
        "list": _list_of(request, customer),
        "all": ngettext("Show the order", "Show all %(count)d orders", count) % {"count": count},
        "is_mixed": is_mixed,
    }


def _order(row: Order) -> dict[str, Any]:
    colour, standing = words.standing(row)
    refunded = row.refunded_amount
    return {
        "order": row,
        "page": reverse("admin:omniman_order_change", args=[row.pk]),
        "status": standing,
        "tone": words.COLOURS[colour],
        "total": money.shown(row.total_amount, row.currency),
        "refunded": money.shown(refunded, row.currency) if refunded else "",
    }


def _standing(kind: str, status: str) -> str:
    """A return has no way to go, so its kind says all."""
    return str(KIND_LABELS[Kind.RETURN]) if kind == Kind.RETURN else words.status(status)


def _spend(request: HttpRequest, customer: Model) -> Mapping[str, Any] | None:
    """Net spend by month, in the shop's currency or, without any in it, in the one of most."""
    if not _sums(request, customer):
        return None
    tenant = tenancy.current()
    months = periods.last_months(clock.now().astimezone(tenant.zone).date(), SHOWN_MONTHS)
    since = periods.beginning(months[0], tenant.zone)
    found = breakdown.net_by_month(
        _keys(request, customer),
        since=since,
        time_zone=tenant.zone,
        organizations=_organizations(request),
    )
    totals: dict[str, int] = defaultdict(int)
    for (_month, currency), net in found.items():
        totals[currency] += net
    ranked = sorted(totals, key=lambda each: (each != tenant.default_currency, -totals[each]))
    if not ranked:
        return {"figure": "", "others": ()}
    main = ranked[0]
    figure = Bars(
        key="customer-spend",
        title=_("Net spend by month"),
        axis=_("Month"),
        categories=[
            Category(label=date_format(month, "F Y"), short=date_format(month, "M"))
            for month in months
        ],
        series=[
            Series(name=_("Net spend"), values=[found.get((month, main), 0) for month in months])
        ],
        unit=charts.amount(main),
    )
    return {
        "figure": charts.html(figure),
        "total": money.shown(totals[main], main),
        "others": [money.shown(totals[each], each) for each in ranked[1:]],
    }


def _differences(request: HttpRequest, customer: Model) -> Mapping[str, Any] | None:
    orders = _last_orders(request, customer)
    if not orders:
        return None
    found = snapshots.differences(orders, customer.pk)
    return {"rows": found, "count": len(orders)}


panels.register_fact(
    CUSTOMER_PAGE, Fact(key="orders", label=gettext_lazy("Orders"), value=_fact, position=40)
)
for _panel in (
    Panel(
        key="spend",
        title=gettext_lazy("Spend over time"),
        template="omniman/admin/customer_spend.html",
        facts=_spend,
        position=45,
    ),
    Panel(
        key="orders",
        title=gettext_lazy("Orders"),
        template="omniman/admin/customer_orders.html",
        facts=_orders,
        position=50,
    ),
    Panel(
        key="snapshots",
        title=gettext_lazy("What orders say differently"),
        template="omniman/admin/customer_snapshots.html",
        facts=_differences,
        position=60,
    ),
):
    panels.register(CUSTOMER_PAGE, _panel)
