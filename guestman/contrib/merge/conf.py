"""``GUESTMAN["MERGE"]``: merges that nobody agrees to one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from shopman.conf import AppSettings


class MergeSettings(AppSettings):
    """Automatic merges."""

    namespace = 'GUESTMAN["MERGE"]'

    #: Slugs of the shops in which customers are merged without being asked about each: when one
    #: person proves contacts of both at once, and pairs that are almost certainly one person.
    AUTOMATIC_IN: list[str] | tuple[str, ...] = ()
    #: The most of them in one day of the shop.
    AUTOMATIC_PER_DAY: int = 20

    @classmethod
    def given(cls) -> Mapping[str, Any]:
        """The dict the project wrote under ``GUESTMAN["MERGE"]``."""
        value: Mapping[str, Any] = getattr(settings, "GUESTMAN", {}).get("MERGE", {})
        return value


conf = MergeSettings()
