"""Why a row of an order file did not count, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: Final[Mapping[str, str | Promise]] = {
    "column_count": _("It has too many or too few columns."),
    "no_reference": _("It names no order."),
    "time_unreadable": _("Its time cannot be read."),
    "quantity_unreadable": _("Its quantity is not a number."),
    "quantity_not_negative": _("It belongs to a return, and its quantity is not below zero."),
    "quantity_not_positive": _("Its quantity is not above zero."),
    "quantity_too_precise": _("Its quantity is too large or too precise."),
    "price_unreadable": _("Its price is not a number."),
    "price_below_zero": _("Its price is below zero."),
    "amount_too_large": _("Its amount is too large."),
    "customer_unreadable": _("Its customer is not a number."),
    "another_customer": _("It names another customer than the rest of its order."),
    "exists_with_another_total": _("The order is here already, with another total."),
    "reference_too_long": _("Its reference is too long."),
    "customer_too_long": _("Its customer is too long."),
    "sku_too_long": _("Its SKU is too long."),
    "name_too_long": _("Its product name is too long."),
    "control_character": _("It contains a character that cannot be kept."),
    "not_the_encoding": _("It is written in another encoding than the file."),
    "not_csv": _("It is not CSV."),
}


def reason(code: str) -> str:
    """A sentence about the row; the code itself where it is not known."""
    return str(REASONS.get(code) or code.replace("_", " "))
