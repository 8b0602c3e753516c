"""What becomes of insights when two customers are merged, and when they are separated again."""

from __future__ import annotations

from typing import Any

from guestman.contrib.insights.models import CustomerInsight, InsightMeasure
from guestman.contrib.insights.service import mark_stale
from guestman.models import Customer
from guestman.services import merging
from shopman import subjects
from shopman.subjects import Belonging, Subject


def connect() -> None:
    """Register; called when the app is ready."""
    # Numbers are made anew from the orders, which follow the alias; the duplicate's do not count.
    merging.register(Belonging(model=CustomerInsight, on_merge="stay"))
    merging.on_merge(on_merge)
    merging.on_unmerge(on_unmerge)
    subjects.register(Subject(key="insights.measures", models=(InsightMeasure,)))


def on_merge(*, survivor: Customer, **kwargs: Any) -> None:
    """The survivor's numbers lack the orders he got."""
    mark_stale([survivor.pk])


def on_unmerge(*, survivor: Customer, duplicate: Customer, **kwargs: Any) -> None:
    """Both have other orders than a moment ago."""
    mark_stale([survivor.pk, duplicate.pk])
