"""``GUESTMAN["DUPLICATES"]``: how the search for duplicates is cut."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from shopman.conf import AppSettings


class DuplicateSettings(AppSettings):
    """The search for duplicates."""

    namespace = 'GUESTMAN["DUPLICATES"]'

    #: Customers of one shard: the piece of a search that one worker takes.
    SHARD_SIZE: int = 20_000
    #: Seconds without a sign of life after which a search's work may be taken over.
    LEASE_SECONDS: int = 300
    #: Seconds between a change of a customer and its comparison by a worker.
    COMPARE_DELAY_SECONDS: int = 5

    @classmethod
    def given(cls) -> Mapping[str, Any]:
        """The dict the project wrote under ``GUESTMAN["DUPLICATES"]``."""
        value: Mapping[str, Any] = getattr(settings, "GUESTMAN", {}).get("DUPLICATES", {})
        return value


conf = DuplicateSettings()
