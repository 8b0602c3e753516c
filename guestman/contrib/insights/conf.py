"""``GUESTMAN["INSIGHTS"]``: the policy, its numbers, and how the work is cut."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings

from shopman.conf import AppSettings

Amounts = list[int] | tuple[int, ...]
Bands = list[Any] | tuple[Any, ...]


#: First match wins. Bounds are inclusive; ``sum`` is the sum of the three scores. Business default.
DEFAULT_RULES: Final[tuple[Mapping[str, Any], ...]] = (
    {"segment": "champion", "sum_min": 13},
    {"segment": "loyal", "recency_min": 4, "frequency_min": 3},
    {"segment": "recent", "recency_min": 4, "frequency_max": 2},
    {"segment": "at_risk", "recency_max": 2, "frequency_min": 3},
    {"segment": "lost", "recency_max": 2, "frequency_max": 2},
    {"segment": "regular"},
)

#: The eleven segments of the trade, each with its cells as R F M digits. Business default.
DEFAULT_CELLS: Final[Mapping[str, str]] = {
    "champions": "555 554 544 545 454 455 445",
    "loyal": "543 444 435 355 354 345 344 335",
    "potential_loyalists": (
        "553 551 552 541 542 533 532 531 452 451 442 441 431 453 433 432 423 353 352 351 342 341 "
        "333 323"
    ),
    "new": "512 511 422 421 412 411 311",
    "promising": "525 524 523 522 521 515 514 513 425 424 413 414 415 315 314 313",
    "need_attention": "535 534 443 434 343 334 325 324",
    "about_to_sleep": "331 321 312 221 213 231 241 251",
    "at_risk": (
        "255 254 245 244 253 252 243 242 235 234 225 224 153 152 145 143 142 135 134 133 125 124"
    ),
    "cant_lose": "155 154 144 214 215 115 114 113",
    "hibernating": "332 322 233 232 223 222 132 123 122 212 211",
    "lost": "111 112 121 131 141 151",
}


class InsightSettings(AppSettings):
    """Segments, churn, value. Changes count from the next recalculation on."""

    namespace = 'GUESTMAN["INSIGHTS"]'

    #: How scores are given: ``thresholds`` (fixed bounds) or ``quintiles`` (fifths of the shop).
    POLICY: str = "thresholds"
    #: Thresholds: days since the last order that still score 5, 4, 3 and 2 in recency.
    RECENCY_DAYS: Amounts = (7, 30, 90, 180)
    #: Thresholds: orders from which frequency scores 5, 4, 3 and 2.
    FREQUENCY_ORDERS: Amounts = (20, 10, 5, 2)
    #: Thresholds: net spend in minor units from which monetary scores 5, 4, 3 and 2.
    MONETARY_AMOUNTS: Amounts = (1_000_000, 500_000, 200_000, 50_000)
    #: Thresholds: rules ``{"segment": name, "recency_min": 4, ...}``; the first match wins.
    THRESHOLD_SEGMENTS: list[Any] | tuple[Any, ...] = DEFAULT_RULES
    #: Quintiles: ``{segment: "555 554 ..."}``, each of the 125 cells exactly once.
    QUINTILE_SEGMENTS: Mapping[str, str] = DEFAULT_CELLS
    #: ``(more than, risk)``: days since the last order ÷ average gap, largest first.
    CHURN_GAP_RATIOS: Bands = ((3, 0.9), (2, 0.7), (1.5, 0.4))
    #: ``(more than, risk)``: days since the last order of a customer without a gap, largest first.
    CHURN_DAYS: Bands = ((90, 0.8), (60, 0.5), (30, 0.3))
    #: Churn risk when no bound is exceeded.
    CHURN_OTHERWISE: float = 0.1
    #: Days ahead that ``predicted_value_amount`` speaks of.
    VALUE_HORIZON_DAYS: int = 365
    #: Days; a shorter average gap counts as this long when spend is projected.
    VALUE_GAP_FLOOR_DAYS: int = 7
    #: Customers of one shard: the piece of a run that one worker takes.
    SHARD_SIZE: int = 20_000
    #: Seconds without a sign of life after which a run's work may be taken over.
    LEASE_SECONDS: int = 120
    #: Seconds between an order's commit and the refresh of its customer's insight by a worker.
    REFRESH_DELAY_SECONDS: int = 5

    @classmethod
    def given(cls) -> Mapping[str, Any]:
        """The dict the project wrote under ``GUESTMAN["INSIGHTS"]``."""
        value: Mapping[str, Any] = getattr(settings, "GUESTMAN", {}).get("INSIGHTS", {})
        return value


conf = InsightSettings()
