"""The numbers in force, taken from settings and, for quintiles, from the last run."""

from __future__ import annotations

from dataclasses import replace

from guestman.contrib.insights.conf import conf
from guestman.contrib.insights.errors import UnknownPolicy
from guestman.contrib.insights.models import InsightRun
from guestman.contrib.insights.rules import segments
from guestman.contrib.insights.rules.parameters import (
    POLICIES,
    THRESHOLDS,
    Parameters,
    Policy,
)


def parameters(name: str | None = None) -> Parameters:
    """The parameters of a policy by the settings, without breakpoints. Raises UnknownPolicy."""
    chosen = _known(name or conf.POLICY)
    grid = (
        segments.grid_of_rules(conf.THRESHOLD_SEGMENTS)
        if chosen == THRESHOLDS
        else segments.grid_of_cells(conf.QUINTILE_SEGMENTS)
    )
    return Parameters(
        policy=chosen,
        recency_days=tuple(conf.RECENCY_DAYS),
        frequency_orders=tuple(conf.FREQUENCY_ORDERS),
        monetary_amounts=tuple(conf.MONETARY_AMOUNTS),
        segments={"".join(map(str, cell)): segment for cell, segment in grid.items()},
        churn_gap_ratios=tuple((bound, risk) for bound, risk in conf.CHURN_GAP_RATIOS),
        churn_days=tuple((bound, risk) for bound, risk in conf.CHURN_DAYS),
        churn_otherwise=conf.CHURN_OTHERWISE,
        value_horizon_days=conf.VALUE_HORIZON_DAYS,
        value_gap_floor_days=conf.VALUE_GAP_FLOOR_DAYS,
    )


def frozen(name: str | None = None) -> Parameters:
    """The parameters to score single customers with: quintiles keep the last run's breakpoints."""
    plain = parameters(name)
    if plain.policy == THRESHOLDS:
        return plain
    last = (
        InsightRun.objects.completed()
        .filter(policy=plain.policy, kind=InsightRun.Kind.FULL)
        .values_list("parameters", flat=True)
        .first()
    )
    if last is None:
        return plain
    return replace(plain, breakpoints=Parameters.from_json(last).breakpoints)


def segment_names() -> frozenset[str]:
    """Every segment that a customer can be in under the settings, whichever policy is used."""
    return frozenset(
        [
            segments.PROSPECT,
            segments.INSUFFICIENT_DATA,
            *(rule["segment"] for rule in conf.THRESHOLD_SEGMENTS),
            *conf.QUINTILE_SEGMENTS,
        ]
    )


def _known(name: str) -> Policy:
    for policy in POLICIES:
        if policy == name:
            return policy
    raise UnknownPolicy(f"There is no policy {name!r}: choose one of {', '.join(POLICIES)}.")
