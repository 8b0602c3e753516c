"""What is known of each customer's buying, how it came about, and how it changed."""

from guestman.contrib.insights.models.change import SegmentChange
from guestman.contrib.insights.models.insight import CustomerInsight, CustomerInsightQuerySet
from guestman.contrib.insights.models.run import InsightMeasure, InsightRun, InsightShard

__all__ = [
    "CustomerInsight",
    "CustomerInsightQuerySet",
    "InsightMeasure",
    "InsightRun",
    "InsightShard",
    "SegmentChange",
]
