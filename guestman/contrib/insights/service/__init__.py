"""Insights: what each customer's orders say, recalculated for one or for all."""

from guestman.contrib.insights.service.insight import InsightService
from guestman.contrib.insights.service.stale import mark_stale, refresh_stale

__all__ = ["InsightService", "mark_stale", "refresh_stale"]
