"""System check of the insight settings: a policy that cannot score everybody must not start."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from django.core.checks import CheckMessage, Error, register

from guestman.contrib.insights.conf import InsightSettings, conf
from guestman.contrib.insights.rules import segments
from guestman.contrib.insights.rules.parameters import POLICIES


def connect() -> None:
    """Register the checks; called when the app is ready."""
    register(settings_check)


def settings_check(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """The policy is known, bounds are ordered and positive, segments cover every cell once."""
    if InsightSettings.check():
        return []  # Wrong types and unknown keys are reported there; the rest would only stumble.
    return list(_complaints())


def _complaints() -> Iterator[CheckMessage]:
    if conf.POLICY not in POLICIES:
        yield _error("POLICY", f"must be one of {', '.join(POLICIES)}")
    yield from _four("RECENCY_DAYS", rising=True)
    yield from _four("FREQUENCY_ORDERS", rising=False)
    yield from _four("MONETARY_AMOUNTS", rising=False)
    yield from _grid("THRESHOLD_SEGMENTS", segments.grid_of_rules)
    yield from _grid("QUINTILE_SEGMENTS", segments.grid_of_cells)
    yield from _bands("CHURN_GAP_RATIOS")
    yield from _bands("CHURN_DAYS")
    if not 0 <= conf.CHURN_OTHERWISE <= 1:
        yield _error("CHURN_OTHERWISE", "must be from 0 to 1")
    for name in (
        "VALUE_HORIZON_DAYS",
        "VALUE_GAP_FLOOR_DAYS",
        "SHARD_SIZE",
        "LEASE_SECONDS",
    ):
        if getattr(conf, name) < 1:
            yield _error(name, "must be at least 1")
    if conf.REFRESH_DELAY_SECONDS < 0:
        yield _error("REFRESH_DELAY_SECONDS", "must not be negative")


def _four(name: str, *, rising: bool) -> Iterator[CheckMessage]:
    bounds: Sequence[Any] = getattr(conf, name)
    if len(bounds) != 4 or not all(type(bound) is int and bound > 0 for bound in bounds):
        yield _error(name, "must be four whole numbers above zero, for the scores 5, 4, 3 and 2")
    elif any((a >= b) if rising else (a <= b) for a, b in pairwise(bounds)):
        yield _error(name, f"must {'rise' if rising else 'fall'}")


def _bands(name: str) -> Iterator[CheckMessage]:
    bands: Sequence[Any] = getattr(conf, name)
    if not bands or not all(
        isinstance(band, (list, tuple)) and len(band) == 2 and all(map(_number, band))
        for band in bands
    ):
        yield _error(name, "must be pairs of numbers (more than, risk)")
        return
    if any(a[0] <= b[0] for a, b in pairwise(bands)) or bands[-1][0] <= 0:
        yield _error(name, "must have bounds above zero that fall")
    if not all(0 <= risk <= 1 for _, risk in bands):
        yield _error(name, "must have risks from 0 to 1")


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _grid(name: str, draw: Callable[[Any], object]) -> Iterator[CheckMessage]:
    try:
        draw(getattr(conf, name))
    except (segments.BadGrid, TypeError, AttributeError) as error:
        yield _error(name, f"cannot be used: {error}")


def _error(name: str, what: str) -> Error:
    return Error(
        f'{InsightSettings.namespace}["{name}"] {what}.',
        hint="docs/algorithms/insights.md describes every number.",
        id="guestman_insights.E001",
    )
