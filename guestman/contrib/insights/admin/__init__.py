"""Insights in the admin: to look at. The customers' list and page show them too."""

from guestman.contrib.insights.admin import customer_list
from guestman.contrib.insights.admin.records import (
    CustomerInsightAdmin,
    InsightRunAdmin,
    SegmentChangeAdmin,
)

__all__ = ["CustomerInsightAdmin", "InsightRunAdmin", "SegmentChangeAdmin", "customer_list"]
