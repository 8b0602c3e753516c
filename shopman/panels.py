"""Panels: read-only parts of an admin page about one record, added by apps the page does not know.

    # in ready() of an app
    panels.register(
        "guestman.customer",
        Panel(key="insight", title=_("Insight"), template="insights/admin/panel.html", facts=facts),
    )

    # in the admin of the page's owner
    panels.shown("guestman.customer", request, customer)

A page is called ``<app>.<model>`` and belongs to the app that shows it. Whoever may see the page
sees its panels, unless a panel's ``facts`` answer None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString

#: What the template is rendered with, beside ``request`` and ``subject``; None: not shown.
Facts = Callable[[HttpRequest, Any], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One part of a page. ``key`` is unique in its page; lower ``position`` comes first."""

    key: str
    title: str | Promise
    template: str
    facts: Facts
    position: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A panel as it stands in the page."""

    key: str
    title: str
    content: SafeString


_panels: dict[str, dict[str, Panel]] = {}


def register(page: str, panel: Panel) -> None:
    """Add a panel to a page. Raises ImproperlyConfigured when another panel has its key."""
    known = _panels.setdefault(page, {})
    if known.setdefault(panel.key, panel) != panel:
        raise ImproperlyConfigured(f"The page {page} has a panel {panel.key!r} already.")


def unregister(page: str, key: str) -> None:
    """Take a panel off a page. Raises KeyError when it is not there."""
    del _panels[page][key]


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
                panel.template, {**facts, "request": request, "subject": subject}
            ),
        )
        for panel in of_page(page)
        if (facts := panel.facts(request, subject)) is not None
    ]
