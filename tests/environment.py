"""The environment of a test run, loaded by ``-p`` before Django's settings are read.

Keys are made up, ``.env.local`` cannot leak in, and without ``DATABASE_URL`` and ``REDIS_URL`` the
suite runs on SQLite and an in-process cache. ``python3 dev.py test`` sets those two for
its second pass; by hand: ``DATABASE_URL=postgres://... python -m pytest tests/guestman``.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def key(letter: str) -> str:
    """A key list with one fixed 32-byte key in the form ``name:base64``."""
    return f"test:{base64.b64encode(letter.encode() * 32).decode()}"


os.environ.update(
    DEBUG="on",
    DJANGO_SECRET_KEY="only-for-tests-" + "0" * 40,
    DOORMAN_HMAC_KEYS=key("h"),
    DOORMAN_SEAL_KEYS=key("s"),
    DOORMAN_BASE_URL="http://testserver",
    LOG_LEVEL="WARNING",
    DETECT_N_PLUS_ONE="on",
    # Tests make and undo tenants faster than any cache may forget them.
    TENANT_CACHE_SECONDS="0",
)
for name in ("DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "EMAIL_URL"):
    os.environ.setdefault(name, "consolemail://" if name == "EMAIL_URL" else "")
# Workers of one pass empty their Redis before a test, so each has a database of its own.
redis_urls = os.environ.get("SHOPMAN_TEST_REDIS_URLS", "").split()
worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
if redis_urls and os.environ["REDIS_URL"]:
    os.environ["REDIS_URL"] = redis_urls[int(worker)]
# WhiteNoise warns when the folder is missing, and warnings are errors here.
(ROOT / "var" / "static").mkdir(parents=True, exist_ok=True)
