"""What becomes of insights when customers are merged, separated again, or erased."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from guestman.contrib.insights.models import (
    CustomerInsight,
    InsightMeasure,
    InsightRun,
    InsightShard,
    SegmentChange,
)
from guestman.contrib.insights.service import mark_stale
from guestman.models import Customer
from guestman.services import merging
from shopman import permits, subjects
from shopman.personal import Erasing, Personal, delete
from shopman.subjects import Belonging, Subject


def connect() -> None:
    """Register; called when the app is ready."""
    # Numbers are made anew from the orders, which follow the alias.
    merging.register(Belonging(model=CustomerInsight, on_merge="stay"))
    # What a customer's segment was is history.
    merging.register(Belonging(model=SegmentChange, on_merge="stay"))
    merging.on_merge(on_merge)
    merging.on_unmerge(on_unmerge)
    subjects.register(Subject(key="insights.measures", models=(InsightMeasure,)))
    subjects.register(
        Subject(
            key="insights.numbers",
            models=(),
            personal=(_numbers(), _moves(), _measures()),
            impersonal={
                InsightRun: "Counts and parameters of a whole shop.",
                InsightShard: "Counts of a part of a shop.",
            },
        )
    )


def on_merge(*, survivor: Customer, duplicate: Customer, **kwargs: Any) -> None:
    """The survivor's numbers lack the orders he got; the duplicate's would be counted twice."""
    CustomerInsight.objects.filter(customer=duplicate).delete()
    mark_stale([survivor.pk])


def on_unmerge(*, survivor: Customer, duplicate: Customer, **kwargs: Any) -> None:
    """Both have other orders than a moment ago."""
    mark_stale([survivor.pk, duplicate.pk])


def _numbers() -> Personal:
    return Personal(
        key="insights.numbers",
        kept="As long as the customer; they are made anew from the orders.",
        title=_("Numbers about the customer"),
        model=CustomerInsight,
        columns=("customer", "channels", "favourite_products", "other_currencies", "reasons"),
        rows=lambda person: CustomerInsight.objects.filter(customer__in=person.keys),
        told=tuple(
            field.name
            for field in CustomerInsight._meta.concrete_fields
            if field.name not in {"uuid", "tenant", "customer"}
        ),
        erase=delete,
        fate=_("Deleted."),
        is_deleted=True,
    )


def _moves() -> Personal:
    return Personal(
        key="insights.segments",
        kept="As long as the customer: how segments moved is only told by them.",
        title=_("Moves between segments"),
        model=SegmentChange,
        columns=("customer",),
        rows=lambda person: SegmentChange.objects.filter(customer__in=person.keys),
        told=("from_segment", "to_segment", "changed_at"),
        erase=_remove,
        fate=_("Deleted."),
        is_deleted=True,
    )


def _remove(rows: QuerySet[Any], erasing: Erasing) -> int:
    return permits.remove(rows, entry=erasing.entry)


def _measures() -> Personal:
    return Personal(
        key="insights.measures",
        kept="Until the calculation is done.",
        title=_("Numbers of a calculation under way"),
        model=InsightMeasure,
        columns=("customer_uuid",),
        rows=lambda person: InsightMeasure.objects.filter(customer_uuid__in=person.keys),
        erase=delete,
        fate=_("Deleted."),
        is_deleted=True,
    )
