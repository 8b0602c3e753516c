"""System checks of imports."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register

from guestman.contrib.imports.conf import ImportSettings, conf

REQUIRED = "guestman.contrib.identifiers"


def connect() -> None:
    """Register the checks; called when the app is ready."""
    register(room_check)
    register(settings_check)


def room_check(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """Whose a row of a file is, only the identifiers say."""
    if apps.is_installed(REQUIRED):
        return []
    return [
        Error(
            f"guestman.contrib.imports needs {REQUIRED}.",
            hint=f"Add {REQUIRED!r} to INSTALLED_APPS.",
            id="guestman_imports.E001",
        )
    ]


def settings_check(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """Sizes and days are above zero."""
    if ImportSettings.check():
        return []  # Wrong types and unknown keys are reported there.
    names = ("BATCH_CUSTOMERS", "FILE_MAX_BYTES", "KEEP_DAYS")
    return [
        Error(
            f'{ImportSettings.namespace}["{name}"] must be at least 1.',
            hint="docs/reference/settings.md describes it.",
            id="guestman_imports.E002",
        )
        for name in names
        if getattr(conf, name) < 1
    ]
