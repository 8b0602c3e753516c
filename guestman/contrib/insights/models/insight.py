"""One row of numbers per customer."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guestman.models import Customer
from shopman.models import TenantManager, TenantModel, TenantQuerySet


class CustomerInsightQuerySet(TenantQuerySet["CustomerInsight"]):
    """Reads of insights."""

    def stale(self) -> CustomerInsightQuerySet:
        """Those whose customer's orders changed since they were calculated."""
        return self.filter(is_stale=True)

    def in_reading_order(self) -> CustomerInsightQuerySet:
        """Largest spenders first, with a unique tail."""
        return self.order_by("-net_total_amount", "uuid")


class CustomerInsight(TenantModel):
    """What a customer's orders say, in the tenant's currency, as of a moment.

    One per customer that was not merged into another, also without orders. Written by the
    service only. Amounts are minor units of ``currency``, net of refunds and credit notes. A null
    number has its reason in ``reasons`` (field: code).
    """

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, related_name="insight", verbose_name=_("customer")
    )
    #: ISO 4217, the tenant's.
    currency = models.CharField(_("currency"), max_length=3)
    order_count = models.PositiveIntegerField(_("orders"), default=0)
    #: Fully refunded orders; they are not among ``order_count``.
    refund_count = models.PositiveIntegerField(_("refunded orders"), default=0)
    net_total_amount = models.BigIntegerField(_("net spend"), default=0)
    average_order_amount = models.BigIntegerField(_("average order"), null=True)
    first_order_at = models.DateTimeField(_("first order"), null=True)
    last_order_at = models.DateTimeField(_("last order"), null=True)
    #: Local date of ``as_of`` less local date of the last order.
    days_since_last_order = models.PositiveIntegerField(_("days since last order"), null=True)
    average_gap_days = models.DecimalField(
        _("days between orders"), max_digits=8, decimal_places=2, null=True
    )
    #: ISO: 1 is Monday.
    preferred_weekday = models.PositiveSmallIntegerField(_("usual weekday"), null=True)
    #: 0 to 23, local time.
    preferred_hour = models.PositiveSmallIntegerField(_("usual hour"), null=True)
    #: Sorted channel codes.
    channels = models.JSONField(_("channels"), default=list)
    #: Up to five ``{"sku": ..., "quantity": ...}``, largest quantity first.
    favourite_products = models.JSONField(_("favourite products"), default=list)
    recency_score = models.PositiveSmallIntegerField(_("recency score"), null=True)
    frequency_score = models.PositiveSmallIntegerField(_("frequency score"), null=True)
    monetary_score = models.PositiveSmallIntegerField(_("monetary score"), null=True)
    segment = models.CharField(_("segment"), max_length=32)
    #: From 0 to 1.
    churn_risk = models.FloatField(_("churn risk"), null=True)
    #: Days the risk speaks of; null for the rules of days and gaps, which have no horizon.
    churn_horizon_days = models.PositiveIntegerField(_("churn horizon, days"), null=True)
    predicted_value_amount = models.BigIntegerField(_("predicted spend"), null=True)
    value_horizon_days = models.PositiveIntegerField(_("value horizon, days"), null=True)
    #: Net spend to date and predicted spend together.
    total_value_amount = models.BigIntegerField(_("total value"), null=True)
    #: ``{"EUR": {"order_count": 1, "net_total_amount": 990}}``, never added to the rest.
    other_currencies = models.JSONField(_("other currencies"), default=dict)
    #: Why a field is null: ``{"churn_risk": "no_orders"}``.
    reasons = models.JSONField(_("reasons"), default=dict)
    policy = models.CharField(_("policy"), max_length=32)
    policy_version = models.CharField(_("policy version"), max_length=32)
    #: Orders placed before this moment count.
    as_of = models.DateTimeField(_("as of"))
    calculated_at = models.DateTimeField(_("calculated"))
    #: The orders changed since; a refresh is due.
    is_stale = models.BooleanField(_("out of date"), default=False)

    objects = TenantManager.from_queryset(CustomerInsightQuerySet)()  # type: ignore[misc]
    all_tenants = CustomerInsightQuerySet.as_manager()  # type: ignore[misc]

    customer_id: uuid.UUID

    class Meta:
        verbose_name = _("segment and value")
        verbose_name_plural = _("segments and value")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(churn_risk__isnull=True) | Q(churn_risk__gte=0, churn_risk__lte=1),
                name="insight_churn_is_probability",
            ),
            models.CheckConstraint(
                condition=Q(recency_score__isnull=True) | Q(recency_score__range=(1, 5)),
                name="insight_recency_score",
            ),
            models.CheckConstraint(
                condition=Q(frequency_score__isnull=True) | Q(frequency_score__range=(1, 5)),
                name="insight_frequency_score",
            ),
            models.CheckConstraint(
                condition=Q(monetary_score__isnull=True) | Q(monetary_score__range=(1, 5)),
                name="insight_monetary_score",
            ),
            models.CheckConstraint(
                condition=Q(order_count=0, last_order_at__isnull=True)
                | Q(order_count__gt=0, last_order_at__isnull=False),
                name="insight_orders_have_dates",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "segment", "customer"], name="insight_segment"),
            models.Index(fields=["tenant", "-net_total_amount", "uuid"], name="insight_spend"),
            models.Index(
                fields=["tenant", "-churn_risk", "uuid"],
                condition=Q(churn_risk__isnull=False),
                name="insight_churn",
            ),
            models.Index(
                fields=["tenant", "customer"], condition=Q(is_stale=True), name="insight_stale"
            ),
        ]

    def __str__(self) -> str:
        return str(self.customer)
