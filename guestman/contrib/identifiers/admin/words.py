"""Identifiers and matters in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guestman.contrib.identifiers.models import PROVIDER

_FAMILIES: Mapping[str, Promise] = {
    "phone": _("Phone"),
    "email": _("E-mail"),
    "document": _("Document"),
    "instagram": _("Instagram"),
    "facebook": _("Facebook"),
    "telegram": _("Telegram"),
    "relay": _("Marketplace relay"),
    "loyalty_card": _("Loyalty card"),
}
_LEADS: Mapping[str, Promise] = {
    "conflict": _(
        "Somebody gave contacts of several customers at once. The record was linked to the one with"
        " the best evidence; nothing was moved. Perhaps the customers are one person, perhaps"
        " somebody used another one's contact."
    ),
    "pending": _(
        "Somebody typed this customer's contact together with another one that nobody has. It is"
        " remembered beside the customer, opens no door and is not used until it is proved."
    ),
    "shared": _(
        "More customers have this value than a family has members. It decides nothing any more. Is"
        " it the shop's own, or a made-up one? Then block it."
    ),
    "limit": _(
        "The customer has so many contacts of this kind that another one was not kept. Are they"
        " really all of one person?"
    ),
}


def family(name: str) -> str:
    """What an identifier is called."""
    if name.startswith(PROVIDER):
        return name.removeprefix(PROVIDER).capitalize()
    return str(_FAMILIES.get(name, name.removeprefix("external:").replace("_", " ").capitalize()))


def lead(kind: str) -> str:
    """What a matter means, and what may be done."""
    return str(_LEADS[kind])
