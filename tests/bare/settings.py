"""Settings of a bare project around the app that ``SHOPMAN_BARE_APP`` names.

Only the project's own plumbing is taken over; every port of the app has its null adapter.
"""

from __future__ import annotations

import os

from config.settings import *  # noqa: F403

APP = os.environ["SHOPMAN_BARE_APP"]
NEIGHBOURS = {"guestman", "doorman", "omniman", "offerman"} - {APP}

INSTALLED_APPS = [
    name
    for name in INSTALLED_APPS  # noqa: F405
    if name.split(".")[0] not in NEIGHBOURS and name != "config"
]
MIDDLEWARE = [
    name
    for name in MIDDLEWARE  # noqa: F405
    if name.split(".")[0] not in NEIGHBOURS
]
ROOT_URLCONF = "tests.bare.urls"
# The app's own templates, not what the project puts in their place.
TEMPLATES = [
    {**engine, "DIRS": [BASE_DIR / APP / "templates", *engine["DIRS"]]}  # noqa: F405
    for engine in TEMPLATES  # noqa: F405
]
SHOPMAN = {
    **SHOPMAN,  # noqa: F405
    "OUTBOX_CONSUMERS": [
        path
        for path in SHOPMAN["OUTBOX_CONSUMERS"]  # noqa: F405
        if path.split(".")[0] not in NEIGHBOURS | {"config"}
    ],
    "STORE_AUTHENTICATION": ["shopman.api.authentication.CustomerAuthentication"],
}
NULL_PORTS = {"CUSTOMER_RESOLVER", "CUSTOMER_DIRECTORY", "PRICE_BOOK", "ORDER_HISTORY_BACKEND"}
NULL_PORTS |= {"CUSTOMER_PRICE_LIST"}
GUESTMAN, DOORMAN, OMNIMAN, OFFERMAN = (
    {key: value for key, value in known.items() if key not in NULL_PORTS}
    for known in (GUESTMAN, DOORMAN, OMNIMAN, OFFERMAN)  # noqa: F405
)
CELERY_BEAT_SCHEDULE: dict[str, object] = {}
