"""Panels others add to admin pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

from shopman import panels
from shopman.models import Tenant
from shopman.panels import Fact, Panel, Said

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
    for known in panels.facts(PAGE, HttpRequest(), Tenant()):
        panels.unregister_fact(PAGE, known.key)


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


def fact(key: str, text: str | None, position: int = 100) -> Fact:
    said = None if text is None else Said(text=text)
    return Fact(key=key, label=key.title(), value=lambda request, subject: said, position=position)


def test_facts_stand_in_order_and_those_without_words_are_left_out() -> None:
    for each in (fact("late", "3", 200), fact("mute", None), fact("first", "1", 1)):
        panels.register_fact(PAGE, each)
    shown = panels.facts(PAGE, HttpRequest(), Tenant(slug="shown"))
    assert [(each.key, each.label, each.said.text) for each in shown] == [
        ("first", "First", "1"),
        ("late", "Late", "3"),
    ]
    with pytest.raises(ImproperlyConfigured):
        panels.register_fact(PAGE, fact("first", "2"))


def test_what_was_looked_up_in_a_request_is_remembered_for_it_alone() -> None:
    request, answers = HttpRequest(), iter([1, 2])
    found = [panels.remembered(request, "key", lambda: next(answers)) for _ in range(2)]
    assert found == [1, 1]
    assert panels.remembered(HttpRequest(), "key", lambda: next(answers)) == 2


def test_a_record_is_known_by_its_own_key_unless_its_page_says_more() -> None:
    subject = Tenant(slug="shown")
    assert panels.keys("tests.unknown", HttpRequest(), subject) == (subject.pk,)
