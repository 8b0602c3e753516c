"""Words and numbers of the account pages, as people read them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Final

from django import template
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, pgettext_lazy

from guestman.models import ContactPoint
from omniman.rules.status import Status
from shopman import money as amounts
from shopman.contact import readable

register = template.Library()

#: What an order's state means for who ordered; staff read other words.
_STATUS_WORDS: Final = {
    Status.PLACED: pgettext_lazy("order", "Received"),
    Status.CONFIRMED: pgettext_lazy("order", "Confirmed"),
    Status.PREPARING: pgettext_lazy("order", "In preparation"),
    Status.READY: pgettext_lazy("order", "Ready"),
    Status.DISPATCHED: pgettext_lazy("order", "On its way"),
    Status.DELIVERED: pgettext_lazy("order", "Delivered"),
    Status.COMPLETED: pgettext_lazy("order", "Completed"),
    Status.CANCELLED: pgettext_lazy("order", "Cancelled"),
    Status.RETURNED: pgettext_lazy("order", "Returned"),
}
_RETURN: Final = pgettext_lazy("order", "Return")
_CONTACT_WORDS: Final = {
    ContactPoint.Kind.PHONE: pgettext_lazy("contact", "Phone"),
    ContactPoint.Kind.EMAIL: pgettext_lazy("contact", "E-mail"),
    ContactPoint.Kind.RELAY: pgettext_lazy("contact", "E-mail through a marketplace"),
}


@register.filter
def money(amount: int, currency: str) -> str:
    """Minor units as the reader writes an amount: ``R$ 34,90``, never broken."""
    return amounts.shown(amount, currency)


@register.filter
def day(at: dt.datetime) -> str:
    """The date as the reader writes it; Portuguese has no capital letter in the month."""
    text = date_format(localtime(at), "DATE_FORMAT")
    return text.lower() if (get_language() or "").startswith("pt") else text


@register.filter
def moment(at: dt.datetime) -> str:
    """The date and the time of day, in the shop's time zone."""
    return f"{day(at)}, {date_format(localtime(at), 'TIME_FORMAT')}"


@register.filter
def quantity(text: str) -> str:
    """A decimal string as the reader writes a number."""
    return str(number_format(Decimal(text), use_l10n=True))


@register.filter
def status_word(row: Any) -> str:
    """What an order, or a step of one, is at."""
    if getattr(row, "kind", "sale") == "return":
        return str(_RETURN)
    return str(_STATUS_WORDS[Status(row.status)])


@register.filter
def contact_word(kind: str) -> str:
    """What a contact is; services by their own names."""
    return str(_CONTACT_WORDS.get(ContactPoint.Kind(kind), kind.capitalize()))


@register.filter
def contact(canonical: str) -> str:
    """A number with spaces, anything else as it is."""
    return readable(canonical)
