"""What an admin page says about one record, added by apps the page does not know.

    # in ready() of an app
    panels.register(
        "guestman.customer",
        Panel(key="insight", title=_("Insight"), template="insights/admin/panel.html", facts=facts),
    )
    panels.register_fact(
        "guestman.customer", Fact(key="segment", label=_("Segment"), value=segment)
    )

    # in the admin of the page's owner
    panels.shown("guestman.customer", request, customer)
    panels.facts("guestman.customer", request, customer)

A page is called ``<app>.<model>`` and belongs to the app that shows it. Facts are the few words at
its head, panels the parts below. Whoever may see the page sees them, unless a panel's ``facts`` or
a fact's ``value`` answer None.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString

T = TypeVar("T")
Text = str | Promise

#: What the template is rendered with, beside ``request`` and ``subject``; None: not shown.
Facts = Callable[[HttpRequest, Any], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A fact's words. ``note`` stands small below them, ``tone`` colours them."""

    text: Text
    note: Text = ""
    href: str = ""
    tone: Literal["", "info", "success", "warning", "danger"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A few words at the head of a page. ``key`` is unique in its page; None is not shown."""

    key: str
    label: Text
    value: Callable[[HttpRequest, Any], Said | None]
    position: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFact:
    """A fact as it stands in the page."""

    key: str
    label: str
    said: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One part of a page. ``key`` is unique in its page; lower ``position`` comes first.

    On a wide screen panels of the ``side`` stand beside the others, on a narrow one before them.
    """

    key: str
    title: Text
    template: str
    facts: Facts
    position: int = 100
    column: Literal["main", "side"] = "main"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A panel as it stands in the page."""

    key: str
    title: str
    content: SafeString
    column: str = "main"


_panels: dict[str, dict[str, Panel]] = {}
_facts: dict[str, dict[str, Fact]] = {}
_keys: dict[str, Callable[[Any], Collection[UUID]]] = {}


def register(page: str, panel: Panel) -> None:
    """Add a panel to a page. Raises ImproperlyConfigured when another panel has its key."""
    known = _panels.setdefault(page, {})
    if known.setdefault(panel.key, panel) != panel:
        raise ImproperlyConfigured(f"The page {page} has a panel {panel.key!r} already.")


def unregister(page: str, key: str) -> None:
    """Take a panel off a page. Raises KeyError when it is not there."""
    del _panels[page][key]


def register_fact(page: str, fact: Fact) -> None:
    """Add a fact to the head of a page. Raises ImproperlyConfigured when its key is taken."""
    known = _facts.setdefault(page, {})
    if known.setdefault(fact.key, fact) != fact:
        raise ImproperlyConfigured(f"The page {page} has a fact {fact.key!r} already.")


def unregister_fact(page: str, key: str) -> None:
    """Take a fact off a page. Raises KeyError when it is not there."""
    del _facts[page][key]


def register_keys(page: str, keys: Callable[[Any], Collection[UUID]]) -> None:
    """Say, as the owner of a page, by which keys others may know its record."""
    _keys[page] = keys


def of_page(page: str) -> list[Panel]:
    """The panels of a page, in the order they are shown."""
    return sorted(_panels.get(page, {}).values(), key=lambda panel: (panel.position, panel.key))


def shown(page: str, request: HttpRequest, subject: Model) -> list[Shown]:
    """The panels that have something to say about a record, rendered."""
    return [
        Shown(
            key=panel.key,
            title=str(panel.title),
            content=render_to_string(
                panel.template, {**found, "request": request, "subject": subject}
            ),
            column=panel.column,
        )
        for panel in of_page(page)
        if (found := panel.facts(request, subject)) is not None
    ]


def facts(page: str, request: HttpRequest, subject: Model) -> list[ShownFact]:
    """The facts there are about a record, in the order they are shown."""
    ordered = sorted(_facts.get(page, {}).values(), key=lambda fact: (fact.position, fact.key))
    return [
        ShownFact(key=fact.key, label=str(fact.label), said=said)
        for fact in ordered
        if (said := fact.value(request, subject)) is not None
    ]


def keys(page: str, request: HttpRequest, subject: Model) -> Collection[UUID]:
    """The record's own key, and those of records that were merged into it."""
    named = _keys.get(page, _own_key)
    return remembered(request, ("keys", page, subject.pk), lambda: named(subject))


def _own_key(subject: Any) -> Collection[UUID]:
    return (subject.pk,)


def remembered(request: HttpRequest, key: Hashable, look_up: Callable[[], T]) -> T:
    """What ``look_up`` answered first in this request: several facts and a panel, one query."""
    known: dict[Hashable, Any] = request.__dict__.setdefault("_shopman_remembered", {})
    if key not in known:
        known[key] = look_up()
    found: T = known[key]
    return found
