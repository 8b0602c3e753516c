"""Insights in the admin: to look at. Customers' list and page and the dashboard show them too."""

from guestman.contrib.insights.admin import customer_list, customer_page, dashboard
from guestman.contrib.insights.admin.records import (
    CustomerInsightAdmin,
    InsightRunAdmin,
    SegmentChangeAdmin,
)

__all__ = [
    "CustomerInsightAdmin",
    "InsightRunAdmin",
    "SegmentChangeAdmin",
    "customer_list",
    "customer_page",
    "dashboard",
]
