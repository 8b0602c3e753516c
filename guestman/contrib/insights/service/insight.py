"""The insights of customers, for everybody who asks."""

from __future__ import annotations

import datetime as dt
from collections import deque
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from guestman.contrib.insights.errors import NoInsight, UnknownSegment
from guestman.contrib.insights.models import CustomerInsight, InsightRun
from guestman.contrib.insights.rules import churn
from guestman.contrib.insights.rules.numbers import Reading
from guestman.contrib.insights.service import explanation, owners, policy, runs, shards
from guestman.contrib.insights.service.calculation import calculate
from guestman.contrib.insights.service.moments import moment
from guestman.errors import CustomerNotFound
from guestman.models import Customer
from shopman import tenancy


class InsightService:
    """Recalculation and questions, for the tenant in use."""

    @classmethod
    def recalculate(
        cls, code: str, *, as_of: dt.date | dt.datetime | None = None
    ) -> CustomerInsight:
        """Bring one customer's numbers to ``as_of`` (default now) and return them.

        A merged customer stands for its survivor. Quintiles use the breakpoints of the last run.
        Raises CustomerNotFound, AmbiguousMoment.
        """
        customer = _survivor(code)
        tenant = tenancy.current()
        reading = Reading(
            parameters=policy.frozen(),
            currency=tenant.default_currency,
            as_of=moment(as_of),
            time_zone=tenant.zone,
        )
        with transaction.atomic():
            calculate([customer], reading)
        return CustomerInsight.objects.select_related("customer").get(customer_id=customer)

    @classmethod
    def recalculate_all(
        cls,
        *,
        as_of: dt.date | dt.datetime | None = None,
        policy: str | None = None,
        stale_only: bool = False,
        batch_size: int = 5000,
    ) -> InsightRun:
        """Recalculate every customer, or those out of date or never calculated, in this process.

        The same orders, ``as_of`` and parameters give the same rows. Memory depends on
        ``batch_size`` only. Raises RunInProgress, UnknownPolicy, AmbiguousMoment.
        """
        run = runs.start(
            as_of=moment(as_of),
            policy_name=policy,
            kind=InsightRun.Kind.STALE if stale_only else InsightRun.Kind.FULL,
            batch_size=batch_size,
            owner=owners.me(),
        )
        deque(shards.advance(run), maxlen=0)
        return runs.reread(run)

    @classmethod
    def segment(cls, name: str) -> QuerySet[Customer]:
        """Active customers in a segment, in key order. Raises UnknownSegment."""
        if name not in policy.segment_names():
            known = ", ".join(sorted(policy.segment_names()))
            raise UnknownSegment(f"There is no segment {name!r}. Known: {known}.")
        return Customer.objects.active().filter(insight__segment=name).order_by("uuid")

    @classmethod
    def at_risk(cls, *, threshold: float = churn.HIGH) -> QuerySet[Customer]:
        """Active customers with a churn risk of ``threshold`` or more, the highest first."""
        return (
            Customer.objects.active()
            .filter(insight__churn_risk__gte=threshold)
            .order_by("-insight__churn_risk", "uuid")
        )

    @classmethod
    def explain(cls, code: str) -> dict[str, Any]:
        """Why a customer has these numbers, in words; see ``explanation.explain`` for the shape.

        Raises CustomerNotFound, NoInsight.
        """
        insight = (
            CustomerInsight.objects.select_related("customer")
            .filter(customer_id=_survivor(code))
            .first()
        )
        if insight is None:
            raise NoInsight
        return explanation.explain(insight)


def _survivor(code: str) -> UUID:
    key = (
        Customer.objects.filter(code=code)
        .values_list(Coalesce("merged_into_id", "uuid"), flat=True)
        .first()
    )
    if key is None:
        raise CustomerNotFound
    return UUID(str(key))
