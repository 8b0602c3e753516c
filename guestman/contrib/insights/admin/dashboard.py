"""What insights say on the dashboard: segments, churn risk, and who is at risk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Count, F, FloatField, Q, QuerySet
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guestman.contrib.insights.admin.words import segment
from guestman.contrib.insights.models import CustomerInsight
from guestman.contrib.insights.rules.churn import HIGH
from guestman.contrib.insights.rules.segments import INSUFFICIENT_DATA, PROSPECT
from guestman.contrib.insights.service import InsightService
from guestman.models import Customer
from shopman import dashboard
from shopman.charts import Bars, Category, Series
from shopman.dashboard import Figure, Link, Measure, Number, Picture, Scope, Told
from shopman.models import Bucket

#: Bars of the churn risk, each a tenth wide.
BARS: Final = 10


def _rows(scope: Scope) -> QuerySet[CustomerInsight]:
    rows: QuerySet[CustomerInsight] = CustomerInsight.objects.order_by()
    if not scope.organizations:
        return rows
    own = Q(customer__organization__in=scope.organizations)
    return rows.filter(own | Q(customer__organization__isnull=True))


def _overview(scope: Scope) -> Mapping[str, Any]:
    rows = _rows(scope)
    bar = Bucket(F("churn_risk"), *(n / BARS for n in range(1, BARS)), of=FloatField())
    known = rows.filter(churn_risk__isnull=False)
    counts = dict(known.values_list(bar).annotate(count=Count("*")))
    everybody = Customer.objects.survivors().visible_to(scope.organizations)
    segments = dict(rows.values_list("segment").annotate(count=Count("*")))
    calculated = sum(segments.values())
    return {
        "segments": segments,
        "bars": [counts.get(number, 0) for number in range(BARS)],
        "without": max(everybody.count() - calculated, 0),
        "stale": rows.filter(is_stale=True).count(),
    }


def _at_risk(scope: Scope) -> Mapping[str, Any]:
    found: Any = InsightService.at_risk()
    return {
        "count": found.visible_to(scope.organizations).order_by().count(),
        "is_calculated": _rows(scope).exists(),
    }


OVERVIEW = Measure(key="insights.overview", take=_overview)
RISK = Measure(key="insights.at-risk", take=_at_risk)


def segments(facts: Mapping[str, Any], scope: Scope) -> Picture:
    """Customers by segment, the largest first; those about whom little is known at the end."""
    found: Mapping[str, int] = facts["segments"]
    if not found:
        return _nothing_calculated()
    last = (PROSPECT, INSUFFICIENT_DATA)
    names = sorted(found, key=lambda name: (name in last, -found[name], name))
    chart = Bars(
        key="segments",
        title=_("Customers by segment"),
        axis=_("Segment"),
        direction="across",
        categories=[Category(label=segment(name)) for name in names],
        series=[
            Series(
                name=_("Customers"),
                values=[found[name] for name in names],
                hrefs=[_customers(segment=name) for name in names],
            )
        ],
    )
    return Picture(chart=chart, notes=_missing(facts), action=_recalculate_if_due(facts))


def churn(facts: Mapping[str, Any], scope: Scope) -> Picture:
    """Customers by their risk of not coming back."""
    if not facts["segments"]:
        return _nothing_calculated()
    unknown = sum(facts["segments"].values()) - sum(facts["bars"])
    notes = _unknown(unknown) if unknown else []
    if not any(facts["bars"]):
        return Picture(empty=_("Insufficient data: no customer has an order."), notes=notes)
    edges = [(number * 100 // BARS, (number + 1) * 100 // BARS) for number in range(BARS)]
    chart = Bars(
        key="churn",
        title=_("Customers by churn risk"),
        axis=_("Churn risk"),
        categories=[
            Category(
                label=_("%(low)s%% to %(high)s%%") % {"low": low, "high": high}, short=f"{low}%"
            )
            for low, high in edges
        ],
        series=[
            Series(
                name=_("Customers"),
                values=facts["bars"],
                hrefs=[_of_risk(low, high) for low, high in edges],
            )
        ],
    )
    return Picture(chart=chart, notes=notes)


def at_risk(facts: Mapping[str, Any], scope: Scope) -> Told:
    """Active customers whose risk of not coming back is high."""
    if not facts["is_calculated"]:
        return Told(value="–", note=_("not calculated yet"))
    return Told(
        value=number_format(facts["count"], 0, force_grouping=True),
        note=_("churn risk of %(number)s%% or more") % {"number": round(HIGH * 100)},
    )


def _nothing_calculated() -> Picture:
    return Picture(empty=_("Nothing was calculated yet."), action=_recalculate())


def _missing(facts: Mapping[str, Any]) -> list[str]:
    notes = []
    if without := facts["without"]:
        notes.append(
            ngettext(
                "%(count)s customer was not calculated yet.",
                "%(count)s customers were not calculated yet.",
                without,
            )
            % {"count": number_format(without, 0, force_grouping=True)}
        )
    if stale := facts["stale"]:
        notes.append(
            ngettext(
                "The numbers of %(count)s customer are out of date.",
                "The numbers of %(count)s customers are out of date.",
                stale,
            )
            % {"count": number_format(stale, 0, force_grouping=True)}
        )
    return notes


def _unknown(count: int) -> list[str]:
    return [
        ngettext(
            "Insufficient data about %(count)s customer.",
            "Insufficient data about %(count)s customers.",
            count,
        )
        % {"count": number_format(count, 0, force_grouping=True)}
    ]


def _recalculate_if_due(facts: Mapping[str, Any]) -> Link | None:
    return _recalculate() if facts["without"] or facts["stale"] else None


def _recalculate() -> Link:
    return Link(
        href=reverse("admin:guestman_insights_insightrun_recalculate"),
        text=gettext_lazy("Recalculate"),
    )


def _insights(**chosen: str) -> str:
    address = reverse("admin:guestman_insights_customerinsight_changelist")
    return f"{address}?{urlencode(chosen)}" if chosen else address


def _customers(**chosen: str) -> str:
    return f"{reverse('admin:guestman_customer_changelist')}?{urlencode(chosen)}"


def _of_risk(low: int, high: int) -> str:
    # The list's filter includes both ends, a bar the lower one alone.
    upper = high / 100 if high == 100 else high / 100 - 0.000001
    return _insights(churn_risk_from=f"{low / 100:g}", churn_risk_to=f"{upper:g}")


def _all_insights() -> Link:
    return Link(href=_insights(), text=gettext_lazy("All insights"))


def _list_at_risk() -> Link:
    return Link(
        # The list's own filter begins at the same risk.
        href=_customers(churn="high"),
        text=gettext_lazy("High churn risk"),
    )


dashboard.register(
    Number(
        key="insights.at-risk",
        title=gettext_lazy("High churn risk"),
        measure=RISK,
        tell=at_risk,
        link=_list_at_risk,
        position=40,
    ),
    Figure(
        key="insights.segments",
        title=gettext_lazy("Customers by segment"),
        measure=OVERVIEW,
        show=segments,
        link=_all_insights,
        position=40,
    ),
    Figure(
        key="insights.churn",
        title=gettext_lazy("Churn risk"),
        measure=OVERVIEW,
        show=churn,
        link=_all_insights,
        position=50,
    ),
)
