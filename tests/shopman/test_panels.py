"""Panels others add to admin pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

from shopman import panels
from shopman.models import Tenant
from shopman.panels import Panel

PAGE = "tests.page"
EMPTY = "shopman/admin/history_entries.html"


def panel(key: str, position: int = 100, template: str = EMPTY) -> Panel:
    return Panel(key=key, title=key.title(), template=template, facts=_nothing, position=position)


def _nothing(request: HttpRequest, subject: Tenant) -> dict[str, object] | None:
    return {"entries": []} if subject.slug == "shown" else None


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    yield
    for each in panels.of_page(PAGE):
        panels.unregister(PAGE, each.key)


def test_panels_stand_in_the_order_of_their_positions() -> None:
    for each in (panel("late", 200), panel("b"), panel("a"), panel("first", 1)):
        panels.register(PAGE, each)
    assert [each.key for each in panels.of_page(PAGE)] == ["first", "a", "b", "late"]


def test_a_key_is_taken_once() -> None:
    same = panel("a")
    panels.register(PAGE, same)
    panels.register(PAGE, same)
    with pytest.raises(ImproperlyConfigured):
        panels.register(PAGE, panel("a", 5))
    assert panels.of_page(PAGE) == [same]


def test_a_panel_without_facts_is_not_shown() -> None:
    panels.register(PAGE, panel("a"))
    shown = panels.shown(PAGE, HttpRequest(), Tenant(slug="shown"))
    assert [(each.key, each.title) for each in shown] == [("a", "A")]
    assert "Nothing has been changed yet." in shown[0].content
    assert panels.shown(PAGE, HttpRequest(), Tenant(slug="other")) == []


def test_a_page_nobody_added_to_has_no_panels() -> None:
    assert panels.shown("tests.unknown", HttpRequest(), Tenant(slug="shown")) == []
