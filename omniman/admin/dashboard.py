"""What orders say on the dashboard: revenue, channels, new and returning customers."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from omniman import history
from omniman.history import PeriodCustomers, PeriodSales
from omniman.models import Channel, Order
from shopman import charts, dashboard, money, periods, tenancy
from shopman.admin.filters import days_query
from shopman.charts import Bars, Category, Series
from shopman.dashboard import Figure, Link, Measure, Number, Picture, Scope, Step, Told

#: Months that channels and customers are told for, the running one included.
MONTHS: Final = 12


def _months(scope: Scope, count: int) -> list[dt.date]:
    return periods.last_months(scope.as_of.astimezone(tenancy.current().zone).date(), count)


def _two_years(scope: Scope) -> list[dt.date]:
    """The months from January of last year to the running one."""
    today = scope.as_of.astimezone(tenancy.current().zone).date()
    return _months(scope, 12 + today.month)


def _sales(scope: Scope) -> Mapping[str, Any]:
    starts = periods.beginnings(_two_years(scope), tenancy.current().zone)
    sales = history.sales_by_period(starts, until=scope.as_of, organizations=scope.organizations)
    channels = Channel.objects.values_list("uuid", "name").order_by("code")
    return {"sales": sales, "channels": list(channels)}


def _month(scope: Scope) -> Mapping[str, list[PeriodSales]]:
    """This month so far, and the same stretch of the month before."""
    zone = tenancy.current().zone
    before, first = periods.beginnings(_months(scope, 2), zone)
    spans = {
        "before": (before, periods.month_earlier(scope.as_of, zone)),
        "now": (first, scope.as_of),
    }
    return {
        name: history.sales_by_period([start], until=until, organizations=scope.organizations)
        for name, (start, until) in spans.items()
    }


def _customers(scope: Scope) -> list[PeriodCustomers]:
    starts = periods.beginnings(_months(scope, MONTHS), tenancy.current().zone)
    return history.customers_by_period(starts, until=scope.as_of, organizations=scope.organizations)


SALES = Measure(key="omniman.sales", take=_sales)
MONTH = Measure(key="omniman.month", take=_month)
CUSTOMERS = Measure(key="omniman.customers", take=_customers)


def revenue(facts: Mapping[str, Any], scope: Scope) -> Picture:
    """This year and last year, month beside month, in the shop's currency."""
    months, own = _two_years(scope), tenancy.current().default_currency
    nets: dict[int, int] = defaultdict(int)
    for row in facts["sales"]:
        if row.currency == own:
            nets[row.period] += row.net_amount
    if not facts["sales"]:
        return Picture(empty=_("No sale this year or last year."))
    this_year = [nets[number] for number in range(12, len(months))]
    chart = Bars(
        key="revenue",
        title=_("Revenue by month, this year and last year"),
        axis=_("Month"),
        unit=charts.amount(own),
        categories=[_only_month(day) for day in months[:12]],
        series=[
            Series(
                name=str(months[-1].year),
                values=[*this_year, *[None] * (12 - len(this_year))],
                hrefs=[*map(_orders_of, months[12:]), *[""] * (12 - len(this_year))],
            ),
            Series(
                name=str(months[0].year),
                values=[nets[number] for number in range(12)],
                hrefs=list(map(_orders_of, months[:12])),
            ),
        ],
    )
    return Picture(chart=chart, notes=_elsewhere(facts["sales"], own))


def channels(facts: Mapping[str, Any], scope: Scope) -> Picture:
    """Orders of the last twelve months by channel, the busiest first."""
    first = len(_two_years(scope)) - MONTHS
    counts: dict[UUID, int] = defaultdict(int)
    for row in facts["sales"]:
        if row.period >= first:
            counts[row.channel] += row.order_count
    named = [(name, key) for key, name in facts["channels"] if counts[key]]
    named.sort(key=lambda each: (-counts[each[1]], each[0]))
    if not named:
        return Picture(empty=_("No order in the last twelve months."))
    since = _months(scope, MONTHS)[0]
    chart = Bars(
        key="channels",
        title=_("Orders by channel, last twelve months"),
        axis=_("Channel"),
        direction="across",
        categories=[Category(label=name) for name, _key in named],
        series=[
            Series(
                name=_("Orders"),
                values=[counts[key] for _name, key in named],
                hrefs=[_orders_through(key, since, scope) for _name, key in named],
            )
        ],
    )
    return Picture(chart=chart, notes=[_("The last twelve months, cancelled orders left out.")])


def customers(facts: Sequence[PeriodCustomers], scope: Scope) -> Picture:
    """Who bought, month by month: for the first time, again, or without saying who."""
    months = _months(scope, MONTHS)
    if not any(row.new_count or row.returning_count or row.guest_order_count for row in facts):
        return Picture(empty=_("No order in the last twelve months."))
    hrefs = list(map(_orders_of, months))
    chart = Bars(
        key="new-and-returning",
        title=_("New and returning customers by month"),
        axis=_("Month"),
        arrangement="stacked",
        categories=[_month_of_year(day) for day in months],
        series=[
            Series(name=_("New"), values=[row.new_count for row in facts], hrefs=hrefs),
            Series(name=_("Returning"), values=[row.returning_count for row in facts], hrefs=hrefs),
            Series(
                name=_("Orders of guests"),
                values=[row.guest_order_count for row in facts],
                hrefs=hrefs,
            ),
        ],
    )
    return Picture(chart=chart, notes=[_("New: their first order ever was in that month.")])


def orders_this_month(facts: Mapping[str, Sequence[PeriodSales]], scope: Scope) -> Told:
    """Orders since the first of the month."""
    now, before = (sum(row.order_count for row in facts[name]) for name in ("now", "before"))
    return Told(value=number_format(now, 0, force_grouping=True), note=_beside(now, before))


def revenue_this_month(facts: Mapping[str, Sequence[PeriodSales]], scope: Scope) -> Told:
    """Net revenue since the first of the month, in the shop's currency."""
    own = tenancy.current().default_currency
    now, before = (
        sum(row.net_amount for row in facts[name] if row.currency == own)
        for name in ("now", "before")
    )
    return Told(value=money.shown(now, own), note=_beside(now, before))


def _beside(now: int, before: int) -> str:
    """How much more or less than in the month before, up to the same day."""
    if before <= 0:
        return _("nothing to the same day last month")
    change = round((now - before) * 100 / before)
    told = number_format(abs(change), 0, force_grouping=True)
    if change == 0:
        return _("as much as to the same day last month")
    if change > 0:
        return _("%(number)s%% more than to the same day last month") % {"number": told}
    return _("%(number)s%% less than to the same day last month") % {"number": told}


def _elsewhere(sales: Sequence[PeriodSales], own: str) -> list[str]:
    """Other currencies are not added up: each is named by itself."""
    counts: dict[str, int] = defaultdict(int)
    nets: dict[str, int] = defaultdict(int)
    for row in sales:
        if row.currency != own:
            counts[row.currency] += row.order_count
            nets[row.currency] += row.net_amount
    return [
        ngettext(
            "Not counted: %(amount)s in %(count)s order in another currency.",
            "Not counted: %(amount)s in %(count)s orders in another currency.",
            counts[currency],
        )
        % {"amount": money.shown(nets[currency], currency), "count": counts[currency]}
        for currency in sorted(counts)
    ]


def _only_month(day: dt.date) -> Category:
    return Category(label=date_format(day, "F"), short=date_format(day, "M"))


def _month_of_year(day: dt.date) -> Category:
    return Category(label=date_format(day, "YEAR_MONTH_FORMAT"), short=date_format(day, "M"))


def _orders_of(month: dt.date) -> str:
    last = periods.month_of(month, after=1) - dt.timedelta(days=1)
    return f"{_orders()}?{days_query('placed_at', month, last)}"


def _orders_through(channel: UUID, since: dt.date, scope: Scope) -> str:
    today = scope.as_of.astimezone(tenancy.current().zone).date()
    chosen = urlencode({"channel__uuid__exact": str(channel)})
    return f"{_orders()}?{chosen}&{days_query('placed_at', since, today)}"


def _orders() -> str:
    return reverse("admin:omniman_order_changelist")


def _all_orders() -> Link:
    return Link(href=_orders(), text=gettext_lazy("All orders"))


def _imports() -> Link:
    return Link(
        href=reverse("admin:omniman_importrun_changelist"), text=gettext_lazy("Imports of orders")
    )


dashboard.register(
    Number(
        key="omniman.orders-this-month",
        title=gettext_lazy("Orders this month"),
        measure=MONTH,
        tell=orders_this_month,
        link=_all_orders,
        position=20,
    ),
    Number(
        key="omniman.revenue-this-month",
        title=gettext_lazy("Revenue this month"),
        measure=MONTH,
        tell=revenue_this_month,
        link=_all_orders,
        position=30,
    ),
    Figure(
        key="omniman.revenue",
        title=gettext_lazy("Revenue by month"),
        measure=SALES,
        show=revenue,
        link=_all_orders,
        position=10,
        is_wide=True,
    ),
    Figure(
        key="omniman.channels",
        title=gettext_lazy("Orders by channel"),
        measure=SALES,
        show=channels,
        link=_all_orders,
        position=20,
    ),
    Figure(
        key="omniman.customers",
        title=gettext_lazy("New and returning customers"),
        measure=CUSTOMERS,
        show=customers,
        link=_all_orders,
        position=30,
    ),
    Step(
        key="omniman.first-order",
        title=gettext_lazy("Bring in orders"),
        text=gettext_lazy(
            "Import the orders of your old system, or let your storefront place the first one."
        ),
        link=_imports,
        is_done=lambda: Order.objects.exists(),
        position=30,
    ),
)
