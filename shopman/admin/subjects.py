"""What changes and events are about, as a way to its page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from shopman import trail_words


def told(subjects: Collection[str]) -> dict[str, SafeString]:
    """Each subject in words, linked to its page while it is there. One query for each kind."""
    names = _names(subjects)
    return {each: _told(each, names.get(each)) for each in subjects}


def _names(subjects: Collection[str]) -> dict[str, str]:
    """What the subjects that are there are called, by subject."""
    wanted: dict[str, dict[UUID, str]] = defaultdict(dict)
    for each in subjects:
        if (key := trail_words.key(each)) is not None:
            wanted[each.partition(":")[0]][key] = each
    found = {}
    for keys in wanted.values():
        known = trail_words.kind(next(iter(keys.values())))
        for key, name in (known.names(keys) if known else {}).items():
            found[keys[key]] = name
    return found


def _told(subject: str, name: str | None) -> SafeString:
    what = capfirst(trail_words.called(subject))
    if not name:
        return conditional_escape(what)
    address = _page(subject)
    if address is None:
        return conditional_escape(f"{what}: {name}")
    # In one piece: the cells of a list on a telephone set what they hold side by side.
    link = '<span>{}: <a class="sm-link" href="{}">{}</a></span>'
    return format_html(link, what, address, name)


def _page(subject: str) -> str | None:
    known, key = trail_words.kind(subject), trail_words.key(subject)
    if known is None or not known.page:
        return None
    try:
        return reverse(f"admin:{known.page}", args=[key])
    except NoReverseMatch:
        return None
