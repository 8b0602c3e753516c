"""The project's settings with orders drawn from each customer's key."""

import tests.environment  # noqa: F401
from config.settings import *  # noqa: F403
from config.settings import GUESTMAN as _GUESTMAN

GUESTMAN = {
    **_GUESTMAN,
    "ORDER_HISTORY_BACKEND": "tests.guestman.insights.memory.DrawnHistory",
    "INSIGHTS": {"SHARD_SIZE": 50},
}
