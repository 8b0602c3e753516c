"""What the admin's search (Ctrl+K) looks through, added by the apps whose records are found.

    # in the admin module of an app
    finders.register(
        Finder(key="customers", title=_("Customer"), icon="person", find=customers, position=10)
    )

A finder runs one query, returns a few results, shows the rows of the tenant and organizations in
use only, and contacts through ``shopman.masking``. Nothing it answers is kept for anybody else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.utils.functional import Promise

#: Results of one kind.
LIMIT: Final = 5
#: Longer texts are cut.
MAX_LENGTH: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One result: what it is called, what tells it from others, where it leads."""

    title: str
    about: str
    address: str


#: ``(request, text, limit) -> results``, the best first.
Find = Callable[[HttpRequest, str, int], Sequence[Found]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """One kind of results. ``title`` names one of them; lower ``position`` comes first."""

    key: str
    title: str | Promise
    #: A Material Symbol.
    icon: str
    find: Find
    position: int = 100


_finders: dict[str, Finder] = {}


def register(finder: Finder) -> None:
    """Add a kind of results. Raises ImproperlyConfigured when another one has its key."""
    if _finders.setdefault(finder.key, finder) != finder:
        raise ImproperlyConfigured(f"There is a finder {finder.key!r} already.")


def unregister(key: str) -> None:
    """Take a kind of results away. Raises KeyError when it is not there."""
    del _finders[key]


def every() -> list[Finder]:
    """All kinds, in the order they are shown."""
    return sorted(_finders.values(), key=lambda one: (one.position, one.key))
