"""Values of columns that read alike in a list and on a record's page."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.utils.formats import localize
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.timezone import localtime


class Badge(NamedTuple):
    """A state: ``key`` finds its colour in the column's ``label``, ``text`` is what it says."""

    key: str | bool
    text: str

    def __html__(self) -> SafeString:
        """Where there are no badges, the words alone."""
        return escape(self.text)


def moment(at: dt.datetime | None) -> str:
    """A moment in the zone and the language in force; a dash for none."""
    return "–" if at is None else str(localize(localtime(at)))
