"""What customers say on the dashboard: how many, since when, and in which state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import Count, DateTimeField, F
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guestman.admin import trail
from guestman.models import Customer
from guestman.models.customer import CustomerQuerySet
from shopman import dashboard, periods, tenancy
from shopman.admin.filters import days_query
from shopman.charts import Bars, Category, Cell, Series, Table
from shopman.dashboard import Figure, Link, Measure, Number, Picture, Scope, Step, Told
from shopman.models import Bucket

#: Days that sign-ups are told for, today included.
DAYS: Final = 30
#: Customers in the list of the latest.
LATEST: Final = 10


def _rows(scope: Scope) -> CustomerQuerySet:
    found: CustomerQuerySet = Customer.objects.survivors().visible_to(scope.organizations)
    return found


def _days(scope: Scope) -> list[dt.date]:
    today = scope.as_of.astimezone(tenancy.current().zone).date()
    return periods.last_days(today, DAYS)


def _statuses(scope: Scope) -> Mapping[str, int]:
    rows = _rows(scope).order_by().values_list("status").annotate(count=Count("*"))
    return dict(rows)


def _sign_ups(scope: Scope) -> Mapping[str, Any]:
    starts = periods.beginnings(_days(scope), tenancy.current().zone)
    recent = _rows(scope).filter(created_at__gte=starts[0], created_at__lt=scope.as_of)
    day = Bucket(F("created_at"), *starts, of=DateTimeField())
    counts = dict(recent.order_by().values_list(day).annotate(count=Count("*")))
    columns = ("uuid", "first_name", "last_name", "code", "source", "created_at")
    latest = _rows(scope).order_by("-created_at", "-uuid").values_list(*columns)[:LATEST]
    return {
        "counts": [counts.get(number, 0) for number in range(1, DAYS + 1)],
        "latest": list(latest),
    }


STATUSES = Measure(key="guestman.statuses", take=_statuses)
SIGN_UPS = Measure(key="guestman.sign-ups", take=_sign_ups)


def sign_ups(facts: Mapping[str, Any], scope: Scope) -> Picture:
    """Customers by the day their record was made."""
    days, total = _days(scope), sum(facts["counts"])
    if not total:
        return Picture(empty=_("Nobody new in the last 30 days."))
    chart = Bars(
        key="sign-ups",
        title=_("New customers by day, last 30 days"),
        axis=_("Day"),
        categories=[
            Category(label=date_format(day, "DATE_FORMAT"), short=str(day.day)) for day in days
        ],
        series=[
            Series(
                name=_("Customers"),
                values=facts["counts"],
                hrefs=[
                    _on(day) if count else ""
                    for day, count in zip(days, facts["counts"], strict=True)
                ],
            )
        ],
    )
    note = ngettext(
        "%(count)s new customer in 30 days.", "%(count)s new customers in 30 days.", total
    ) % {"count": number_format(total, 0, force_grouping=True)}
    return Picture(chart=chart, notes=[note])


def latest(facts: Mapping[str, Any], scope: Scope) -> Picture:
    """The newest records, each a link to its page."""
    if not facts["latest"]:
        return Picture(empty=_("No customer yet."))
    return Picture(
        table=Table(
            head=[_("Customer"), _("Since"), _("Source")],
            rows=[_cells(*row) for row in facts["latest"]],
        )
    )


def statuses(facts: Mapping[str, int], scope: Scope) -> Picture:
    """Customers by status, in the order of their lives."""
    if not facts:
        return Picture(empty=_("No customer yet."))
    known = [status for status in Customer.Status if facts.get(status)]
    chart = Bars(
        key="statuses",
        title=_("Customers by status"),
        axis=_("Status"),
        direction="across",
        categories=[Category(label=str(status.label)) for status in known],
        series=[
            Series(
                name=_("Customers"),
                values=[facts[status] for status in known],
                hrefs=[f"{_customers()}?status__exact={status.value}" for status in known],
            )
        ],
    )
    return Picture(chart=chart)


def total(facts: Mapping[str, int], scope: Scope) -> Told:
    """Everybody but those who were merged into another; inactive ones are told apart."""
    count, inactive = sum(facts.values()), facts.get(Customer.Status.INACTIVE, 0)
    note = _("%(count)s of them inactive") % {
        "count": number_format(inactive, 0, force_grouping=True)
    }
    return Told(value=number_format(count, 0, force_grouping=True), note=note if inactive else "")


def _cells(
    key: Any, first_name: str, last_name: str, code: str, source: str, created_at: dt.datetime
) -> Sequence[Cell]:
    local = created_at.astimezone(tenancy.current().zone)
    page = reverse("admin:guestman_customer_change", args=[key])
    return [
        Cell(text=f"{first_name} {last_name}".strip() or code, href=page),
        Cell(text=date_format(local, "SHORT_DATETIME_FORMAT")),
        Cell(text=trail.source(source) or "–"),
    ]


def _on(day: dt.date) -> str:
    return f"{_customers()}?{days_query('created_at', day, day)}"


def _customers() -> str:
    return reverse("admin:guestman_customer_changelist")


def _all_customers() -> Link:
    return Link(href=_customers(), text=gettext_lazy("All customers"))


def _new_customer() -> Link:
    return Link(href=reverse("admin:guestman_customer_add"), text=gettext_lazy("New customer"))


dashboard.register(
    Number(
        key="guestman.customers",
        title=gettext_lazy("Customers"),
        measure=STATUSES,
        tell=total,
        link=_all_customers,
        position=10,
    ),
    Figure(
        key="guestman.sign-ups",
        title=gettext_lazy("New customers by day"),
        measure=SIGN_UPS,
        show=sign_ups,
        link=_all_customers,
        position=60,
        is_wide=True,
    ),
    Figure(
        key="guestman.latest",
        title=gettext_lazy("Latest customers"),
        measure=SIGN_UPS,
        show=latest,
        link=_all_customers,
        position=70,
    ),
    Figure(
        key="guestman.statuses",
        title=gettext_lazy("Customers by status"),
        measure=STATUSES,
        show=statuses,
        link=_all_customers,
        position=80,
    ),
    Step(
        key="guestman.first-customer",
        title=gettext_lazy("Add a customer"),
        text=gettext_lazy(
            "With a name and a telephone number; whoever signs in at your storefront comes by"
            " themselves."
        ),
        link=_new_customer,
        is_done=lambda: Customer.objects.exists(),
        position=20,
    ),
)
