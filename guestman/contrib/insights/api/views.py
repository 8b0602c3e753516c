"""Insights for staff: one customer's, everybody's, and the recalculations."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from rest_framework.request import Request

from guestman.contrib.insights.api.filters import InsightFilter, RunFilter
from guestman.contrib.insights.api.rows import InsightRow, RunRow
from guestman.contrib.insights.models import (
    CustomerInsight,
    CustomerInsightQuerySet,
    InsightRun,
)
from guestman.models import Customer
from shopman.api.operations import operation
from shopman.api.pagination import Keyset
from shopman.api.views import StaffView
from shopman.tenancy import staff


class InsightView(StaffView):
    """Reaches the customers of the member's organizations and shared ones, no others."""

    tag = "insights"
    output_class = InsightRow

    @property
    def insights(self) -> CustomerInsightQuerySet:
        access = staff.access(self.request._request)
        rows: CustomerInsightQuerySet = CustomerInsight.objects.all()
        if access is None or not access.organizations:
            return rows
        own = Q(customer__organization__in=access.organizations)
        return rows.filter(own | Q(customer__organization__isnull=True))


class CustomerInsightItem(InsightView):
    """A customer's numbers; 404 before they were calculated for the first time."""

    @operation("getCustomerInsight")
    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        """Retrieve a customer's numbers.

        Orders, money, RFM scores, segment, risk of leaving and expected value, as last calculated.
        Before the first calculation the answer is a 404.
        """
        return self.item(self.insights.filter(customer__in=Customer.objects.known_as(uuid)))


class Insights(InsightView):
    """Every customer's numbers."""

    filterset_class = InsightFilter
    keyset = Keyset(
        {
            "net_total_amount",
            "churn_risk",
            "last_order_at",
            "order_count",
            "predicted_value_amount",
        },
        default="-net_total_amount",
    )

    @operation("listInsights")
    def get(self, request: Request) -> HttpResponse:
        """List every customer's numbers.

        The most valuable first. Filters pick a segment, a range of risk or value, or those whose
        orders changed since (`is_stale`). Only customers of the member's organizations and shared
        ones are in the list.
        """
        return self.listing(self.insights)


class InsightRuns(StaffView):
    """The recalculations, the latest first."""

    tag = "insights"
    output_class = RunRow
    filterset_class = RunFilter
    keyset = Keyset({"started_at"}, default="-started_at")

    @operation("listInsightRuns")
    def get(self, request: Request) -> HttpResponse:
        """List the recalculations, the latest first.

        Who wonders why numbers are old finds here when and under which policy the shop was last
        calculated.
        """
        return self.listing(InsightRun.objects.all())
