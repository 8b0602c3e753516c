"""Segments as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: The segments of the default policies; a shop's own are read as they are spelt.
SEGMENTS: Final[Mapping[str, Promise]] = {
    "champion": _("Champion"),
    "champions": _("Champions"),
    "loyal": _("Loyal"),
    "recent": _("Recent"),
    "regular": _("Regular"),
    "at_risk": _("At risk"),
    "lost": _("Lost"),
    "prospect": _("Prospect, no order yet"),
    "insufficient_data": _("Insufficient data"),
    "potential_loyalists": _("Potential loyalists"),
    "new": _("New"),
    "promising": _("Promising"),
    "need_attention": _("Need attention"),
    "about_to_sleep": _("About to sleep"),
    "cant_lose": _("Can't lose them"),
    "hibernating": _("Hibernating"),
}


def segment(name: str) -> str:
    """A segment's name for people."""
    return str(SEGMENTS.get(name) or name.replace("_", " ").capitalize())
