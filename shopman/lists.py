"""Columns and filters of an admin list, added by apps the list does not know.

    # in the admin module of an app
    lists.register_column(
        "guestman.customer",
        Column(key="segment", title=_("segment"), cells=segments),
    )
    lists.register_filter("guestman.customer", BySegment)

A list is called ``<app>.<model>`` and belongs to the app that shows it; its admin class names it in
``list_page`` (``shopman.admin.listing``). Whoever may see the list sees its columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.core.exceptions import ImproperlyConfigured
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from shopman.errors import Invalid

#: What stands in a column, by the keys of the rows of one page. One query for all of them.
Cells = Callable[[Sequence[Any]], Mapping[Any, Any]]
Tone = Literal["", "success", "info", "warning", "danger", "primary"]


class UnknownListParameter(Invalid):
    """The list cannot be narrowed that way."""

    code = "unknown_list_parameter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. ``key`` is unique in its list; lower ``position`` comes first."""

    key: str
    title: str | Promise
    cells: Cells
    position: int = 100


_columns: dict[str, dict[str, Column]] = {}
_filters: dict[str, list[tuple[int, type[Any]]]] = {}


def register_column(page: str, column: Column) -> None:
    """Add a column to a list. Raises ImproperlyConfigured when another column has its key."""
    known = _columns.setdefault(page, {})
    if known.setdefault(column.key, column) != column:
        raise ImproperlyConfigured(f"The list {page} has a column {column.key!r} already.")


def unregister_column(page: str, key: str) -> None:
    """Take a column off a list. Raises KeyError when it is not there."""
    del _columns[page][key]


def columns(page: str) -> list[Column]:
    """The columns others added to a list, in the order they are shown."""
    return sorted(_columns.get(page, {}).values(), key=lambda one: (one.position, one.key))


def register_filter(page: str, kind: type[Any], *, position: int = 100) -> None:
    """Add a filter to a list: a ``SimpleListFilter`` or a class that behaves as one.

    Raises ImproperlyConfigured when another filter has its parameter.
    """
    known = _filters.setdefault(page, [])
    if any(one is not kind and one.parameter_name == kind.parameter_name for _, one in known):
        raise ImproperlyConfigured(f"The list {page} has a filter {kind.parameter_name!r} already.")
    if all(one is not kind for _, one in known):
        known.append((position, kind))


def unregister_filter(page: str, kind: type[Any]) -> None:
    """Take a filter off a list."""
    _filters[page] = [entry for entry in _filters.get(page, []) if entry[1] is not kind]


def filters(page: str) -> list[type[Any]]:
    """The filters others added to a list, in the order they are shown."""
    entries = sorted(_filters.get(page, []), key=lambda entry: (entry[0], entry[1].parameter_name))
    return [kind for _, kind in entries]


def badge(text: str | Promise, tone: Tone = "") -> SafeString:
    """A cell that stands out."""
    return render_to_string("unfold/helpers/label.html", {"text": text, "type": tone})
