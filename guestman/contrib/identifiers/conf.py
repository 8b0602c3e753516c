"""``GUESTMAN["IDENTIFIERS"]``: what a project chooses about identity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from shopman.conf import AppSettings


class IdentifierSettings(AppSettings):
    namespace = 'GUESTMAN["IDENTIFIERS"]'

    #: Families in the order in which they decide between equally good evidence. What names one
    #: account (a provider's uid, a card, a number in another system) always comes first.
    PRECEDENCE: list[str] | tuple[str, ...] = ("document", "email", "phone")
    #: Customers who may have one number or address before it counts as shared and decides nothing.
    MAX_HOLDERS: int = 3
    #: Identifiers of one family that a customer may have before staff are asked.
    MAX_PER_FAMILY: int = 5
    #: Times a member of staff may ask in a minute who has a number, an address or a document.
    CHECKS_PER_MINUTE: int = 60
    #: Customers in one answer to that.
    MAX_CHECKED: int = 20
    #: Times a call is tried again that another one got in the way of.
    ATTEMPTS: int = 5

    @classmethod
    def given(cls) -> Mapping[str, Any]:
        value: Mapping[str, Any] = getattr(settings, "GUESTMAN", {}).get("IDENTIFIERS", {})
        return value


conf = IdentifierSettings()
