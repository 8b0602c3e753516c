"""The project's settings with the login budgets out of the way and codes left in a folder."""

from __future__ import annotations

from config.settings import *  # noqa: F403

PLENTY = 1_000_000_000
DOORMAN = {
    **DOORMAN,  # noqa: F405
    "SMS_SENDER": "benchmarks.codes.FolderSender",
    "ALLOWED_REGIONS": ["BR"],
    "SENDS_PER_ADDRESS_QUARTER_HOUR": PLENTY,
    "SENDS_PER_ADDRESS_DAY": PLENTY,
    "SENDS_PER_REGION_DAY": PLENTY,
    "SENDS_PER_MINUTE": PLENTY,
    "SENDS_PER_DAY": PLENTY,
}
