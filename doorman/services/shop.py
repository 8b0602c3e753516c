"""How the shop in use is called, and where it lives."""

from __future__ import annotations

from doorman.conf import conf
from shopman import tenancy


def name() -> str:
    """How the shop calls itself in front of customers."""
    return conf.BRAND_NAME or tenancy.current().name


def base_url() -> str:
    """``https://host`` of the shop, without a slash; empty for one that has none.

    From the settings alone: what a request says about its host ends up in nobody's mailbox.
    """
    named = conf.BASE_URLS
    found = named.get(tenancy.current().slug, "") if named else conf.BASE_URL
    return found.rstrip("/")
