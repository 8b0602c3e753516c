"""Segment and value in the customers' list, and filters by segment and churn risk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from guestman.admin.panels import CUSTOMER_PAGE
from guestman.contrib.insights.admin import words
from guestman.contrib.insights.models import CustomerInsight
from guestman.contrib.insights.rules import churn
from guestman.contrib.insights.service import policy
from guestman.models import Customer
from shopman import lists, money
from shopman.lists import Column, badge

#: Churn risk from and below.
_RISKS = {
    "high": (churn.HIGH, 1.01),
    "medium": (churn.MEDIUM, churn.HIGH),
    "low": (0.0, churn.MEDIUM),
}


class BySegment(DropdownFilter):  # type: ignore[misc]  # the theme is untyped
    """Segments that customers can be in under the settings."""

    title = _("segment")
    parameter_name = "segment"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, words.segment(name)) for name in sorted(policy.segment_names())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        rows = CustomerInsight.objects.filter(segment=self.value())
        return queryset.filter(uuid__in=rows.values("customer"))


class ByChurn(DropdownFilter):  # type: ignore[misc]  # the theme is untyped
    """How likely the customer is lost."""

    title = _("churn risk")
    parameter_name = "churn"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        bounds = {"from": round(churn.HIGH * 100), "below": round(churn.MEDIUM * 100)}
        return [
            ("high", gettext("High (%(from)d%% and more)") % bounds),
            ("medium", gettext("Medium (%(below)d%% to %(from)d%%)") % bounds),
            ("low", gettext("Low (less than %(below)d%%)") % bounds),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        bounds = _RISKS.get(self.value() or "")
        if bounds is None:
            return queryset
        rows = CustomerInsight.objects.filter(churn_risk__gte=bounds[0], churn_risk__lt=bounds[1])
        return queryset.filter(uuid__in=rows.values("customer"))


def segments(rows: Sequence[Customer]) -> Mapping[UUID, Any]:
    """The segment of each customer, with the colour of its churn risk."""
    found = _insights(rows).values_list("customer", "segment", "churn_risk")
    return {
        key: badge(words.segment(name), "" if risk is None else words.tone(risk))
        for key, name, risk in found
    }


def values(rows: Sequence[Customer]) -> Mapping[UUID, Any]:
    """The net spend of each customer."""
    found = _insights(rows).values_list("customer", "net_total_amount", "currency")
    return {key: money.shown(amount, currency) for key, amount, currency in found}


def _insights(rows: Sequence[Customer]) -> QuerySet[CustomerInsight]:
    return CustomerInsight.objects.filter(customer__in=[row.pk for row in rows])


lists.register_column(
    CUSTOMER_PAGE, Column(key="segment", title=_("segment"), cells=segments, position=10)
)
lists.register_column(
    CUSTOMER_PAGE, Column(key="value", title=_("value"), cells=values, position=20)
)
lists.register_filter(CUSTOMER_PAGE, BySegment, position=10)
lists.register_filter(CUSTOMER_PAGE, ByChurn, position=20)
