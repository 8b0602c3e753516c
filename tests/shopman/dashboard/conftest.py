"""Staff at the dashboard, and parts of it that tests put there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache

from shopman import dashboard
from shopman.charts import Bars, Category, Series
from shopman.dashboard import Figure, Measure, Picture, Scope, registry
from shopman.tenancy import resolver

MakeFigure = Callable[..., Figure]


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    cache.clear()
    resolver.forget()
    yield
    cache.clear()
    resolver.forget()


@pytest.fixture
def only_mine() -> Iterator[None]:
    """A dashboard without the figures of the apps."""
    shelves = (registry._figures, registry._numbers, registry._steps)
    kept = [dict(shelf) for shelf in shelves]
    for shelf in shelves:
        shelf.clear()
    yield
    for shelf, parts in zip(shelves, kept, strict=True):
        shelf.clear()
        shelf.update(parts)


@pytest.fixture
def make_figure(only_mine: None) -> MakeFigure:
    """Puts a figure on the dashboard that counts how often it is measured."""

    def make(key: str = "tests.visits", asked: list[Scope] | None = None) -> Figure:
        scopes = [] if asked is None else asked

        def take(scope: Scope) -> int:
            scopes.append(scope)
            return len(scopes)

        def show(facts: int, scope: Scope) -> Picture:
            series = Series(name="=Visits", values=[facts])
            return Picture(
                chart=Bars(
                    key="visits",
                    title="Visits",
                    axis="Day",
                    categories=[Category(label="+1 June")],
                    series=[series],
                ),
                notes=["Somebody was left out."],
            )

        made = Figure(key=key, title="Visits", measure=Measure(key=key, take=take), show=show)
        dashboard.register(made)
        return made

    return make
