"""Measures are taken once in a few minutes, not each time somebody looks."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.core.cache import cache

from shopman import clock, tenancy
from shopman.conf import conf
from shopman.dashboard.registry import Measure, Scope

#: Seconds that numbers are fresh enough for whoever asks for fresh ones.
FRESH_SECONDS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Measured numbers, and when."""

    at: dt.datetime
    facts: Any


def take(measure: Measure, scope: Scope, *, fresh: bool = False) -> Taken:
    """The numbers of a measure: kept ones while they last, or new ones.

    ``fresh`` does without the kept ones, unless they were taken within ten seconds.
    """
    kept = known([measure], scope).get(measure.key)
    if kept is not None and not (fresh and _age(kept) > FRESH_SECONDS):
        return kept
    taken = Taken(at=scope.as_of, facts=measure.take(scope))
    if conf.DASHBOARD_CACHE_SECONDS:
        cache.set(_key(measure, scope), (taken.at, taken.facts), conf.DASHBOARD_CACHE_SECONDS)
    return taken


def known(measures: Iterable[Measure], scope: Scope) -> dict[str, Taken]:
    """What is kept of some measures and not too old, by their keys."""
    keys = {_key(measure, scope): measure.key for measure in measures}
    kept = {
        keys[key]: Taken(at=at, facts=facts) for key, (at, facts) in cache.get_many(keys).items()
    }
    # By the suite's clock: the cache's own may differ, and the setting may have been lowered.
    return {key: taken for key, taken in kept.items() if _age(taken) < conf.DASHBOARD_CACHE_SECONDS}


def _age(taken: Taken) -> float:
    return (clock.now() - taken.at).total_seconds()


def _key(measure: Measure, scope: Scope) -> str:
    # Everybody who may see the same rows shares the same numbers.
    names = ",".join(sorted(str(key) for key in scope.organizations))
    digest = hashlib.sha256(names.encode()).hexdigest()[:32] if names else "all"
    return f"shopman.dashboard:{tenancy.current().pk}:{digest}:{measure.key}"
