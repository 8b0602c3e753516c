"""Everything that decides a number besides the orders, frozen in a run and stored with it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, cast

from guestman.contrib.insights.rules import churn, scores, segments
from shopman import canonical

THRESHOLDS: Final = "thresholds"
QUINTILES: Final = "quintiles"
POLICIES: Final = (THRESHOLDS, QUINTILES)
Policy = Literal["thresholds", "quintiles"]

MEASURES: Final = ("recency", "frequency", "monetary")
Band = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakpoints:
    """The quintile bounds of a shop; empty where a measure cannot rank anybody.

    ``recency`` falls (days, worst first), ``frequency`` (orders) and ``monetary`` (minor units)
    rise.
    ``customer_count`` is the number of customers with an order that were ranked.
    """

    customer_count: int = 0
    recency: tuple[int, ...] = ()
    frequency: tuple[int, ...] = ()
    monetary: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The policy and all its numbers. Two equal ones score every customer alike."""

    policy: Policy
    #: Thresholds: days, orders and minor units for the scores 5, 4, 3 and 2.
    recency_days: tuple[int, ...]
    frequency_orders: tuple[int, ...]
    monetary_amounts: tuple[int, ...]
    #: Segment of each cell, ``{"555": "champion", ...}``.
    segments: Mapping[str, str]
    churn_gap_ratios: tuple[Band, ...]
    churn_days: tuple[Band, ...]
    churn_otherwise: float
    value_horizon_days: int
    value_gap_floor_days: int
    breakpoints: Breakpoints | None = None

    def as_json(self) -> dict[str, Any]:
        """JSON values, as a run stores them."""
        return cast(dict[str, Any], json.loads(json.dumps(asdict(self))))

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Parameters:
        """The parameters that ``as_json`` gave."""
        values = dict(stored)
        for name in ("recency_days", "frequency_orders", "monetary_amounts"):
            values[name] = tuple(values[name])
        for name in ("churn_gap_ratios", "churn_days"):
            values[name] = tuple((bound, risk) for bound, risk in values[name])
        found = values["breakpoints"]
        if found is not None:
            bounds = {name: tuple(found[name]) for name in MEASURES}
            values["breakpoints"] = Breakpoints(customer_count=found["customer_count"], **bounds)
        return cls(**values)

    @property
    def version(self) -> str:
        """Twelve hexadecimal digits that change when any parameter does."""
        return canonical.digest(self.as_json())[:12]


Rank = Callable[[int], int]


@dataclass(frozen=True, slots=True)
class Scorer:
    """The compiled form of parameters. A measure without bounds is None: it gives no score."""

    recency: Rank | None
    frequency: Rank | None
    monetary: Rank | None
    grid: segments.Grid
    churn: churn.Churn
    horizon_days: int
    floor_days: int

    @classmethod
    def of(cls, parameters: Parameters) -> Scorer:
        recency, frequency, monetary = _ranks(parameters)
        return cls(
            recency=recency,
            frequency=frequency,
            monetary=monetary,
            grid={
                (int(cell[0]), int(cell[1]), int(cell[2])): name
                for cell, name in parameters.segments.items()
            },
            churn=churn.by_bands(
                gap_ratios=parameters.churn_gap_ratios,
                days=parameters.churn_days,
                otherwise=parameters.churn_otherwise,
            ),
            horizon_days=parameters.value_horizon_days,
            floor_days=parameters.value_gap_floor_days,
        )


def _ranks(parameters: Parameters) -> tuple[Rank | None, Rank | None, Rank | None]:
    if parameters.policy == THRESHOLDS:
        return (
            scores.by_days(parameters.recency_days),
            scores.by_reaching(parameters.frequency_orders),
            scores.by_reaching(parameters.monetary_amounts),
        )
    found = parameters.breakpoints or Breakpoints()
    return (
        scores.by_rank_of_days(found.recency) if found.recency else None,
        scores.by_rank(found.frequency) if found.frequency else None,
        scores.by_rank(found.monetary) if found.monetary else None,
    )
