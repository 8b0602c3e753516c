"""Insights of many customers brought up to now, from their list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guestman.admin.panels import CUSTOMER_PAGE
from guestman.contrib.insights.service import stale
from guestman.models import Customer
from shopman import jobs
from shopman.jobs import Kind, Refusal, Work
from shopman.tenancy.rights import Right


def recalculate(rows: Sequence[Customer], work: Work) -> Iterable[Refusal]:
    """Refresh the customers that stand for themselves; orders of merged ones count elsewhere."""
    stale.refresh([row.pk for row in rows if row.merged_into_id is None])
    return [
        Refusal(
            row=row.pk,
            label=row.code,
            code="customer_merged",
            detail=_("Merged into another customer, whose insight has these orders."),
        )
        for row in rows
        if row.merged_into_id is not None
    ]


jobs.register(
    Kind(
        key="guestman_insights.recalculate",
        page=CUSTOMER_PAGE,
        title=gettext_lazy("Recalculate insights"),
        lead=gettext_lazy("Segment, value and churn risk as of now, from the orders."),
        right=Right.BULK,
        act=recalculate,
        slice_size=500,
        position=50,
    )
)
