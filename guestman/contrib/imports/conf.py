"""``GUESTMAN["IMPORTS"]``: limits of imported files, and how long their rows are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from shopman.conf import AppSettings


class ImportSettings(AppSettings):
    namespace = 'GUESTMAN["IMPORTS"]'

    #: Customers written in one transaction.
    BATCH_CUSTOMERS: int = 500
    #: Bytes of a file that staff may upload.
    FILE_MAX_BYTES: int = 100 * 1024 * 1024
    #: Days after which what rejected rows say, and uploaded files, are deleted.
    KEEP_DAYS: int = 90

    @classmethod
    def given(cls) -> Mapping[str, Any]:
        """The dict the project wrote under ``GUESTMAN["IMPORTS"]``."""
        value: Mapping[str, Any] = getattr(settings, "GUESTMAN", {}).get("IMPORTS", {})
        return value


conf = ImportSettings()
