"""Insights in the admin: to look at. Customers' list and page and the dashboard show them too."""

from guestman.contrib.insights.admin import bulk, customer_list, customer_page, dashboard
from guestman.contrib.insights.admin.records import (
    CustomerInsightAdmin,
    InsightRunAdmin,
    SegmentChangeAdmin,
)

__all__ = [
    "CustomerInsightAdmin",
    "InsightRunAdmin",
    "SegmentChangeAdmin",
    "bulk",
    "customer_list",
    "customer_page",
    "dashboard",
]
