"""Segments as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guestman.contrib.insights.rules import churn
from shopman import trail_words

#: The segments of the default policies; a shop's own are read as they are spelt.
SEGMENTS: Final[Mapping[str, Promise]] = {
    "champion": _("Champion"),
    "champions": _("Champions"),
    "loyal": _("Loyal"),
    "recent": _("Recent"),
    "regular": _("Regular"),
    "at_risk": _("At risk"),
    "lost": _("Lost"),
    "prospect": _("No order yet"),
    "insufficient_data": _("Insufficient data"),
    "potential_loyalists": _("Potential loyalists"),
    "new": _("New"),
    "promising": _("Promising"),
    "need_attention": _("Need attention"),
    "about_to_sleep": _("About to sleep"),
    "cant_lose": _("Can't lose them"),
    "hibernating": _("Hibernating"),
}


def tone(risk: float) -> Literal["danger", "warning", "success"]:
    """The colour of a churn risk."""
    if risk >= churn.HIGH:
        return "danger"
    return "warning" if risk >= churn.MEDIUM else "success"


def segment(name: str) -> str:
    """A segment's name for people."""
    return str(SEGMENTS.get(name) or name.replace("_", " ").capitalize())


trail_words.name_events({"guestman.segment_changed": _("A customer came into another segment")})
trail_words.name_commands({"recalculate_insights": _("the recalculation of segments")})
