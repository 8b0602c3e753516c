"""Amounts, quantities and periods as staff read and type them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offerman.rules.validity import Period, Standing
from shopman import money
from shopman.admin.trace import plain

#: Prices by their first moment; what always held comes first on every engine.
EARLIEST_FIRST = F("valid_from").asc(nulls_first=True)
STANDINGS = {
    "in_force": gettext_lazy("holds now"),
    "not_yet_valid": gettext_lazy("holds later"),
    "no_longer_valid": gettext_lazy("is over"),
}


def told(amount: int, currency: str) -> str:
    """An amount in minor units, in the reader's language."""
    return money.shown(amount, currency)


def quantity(minimum: Decimal) -> str:
    """What a price is for: ``from 10``, or any quantity."""
    return _("from %(quantity)s") % {"quantity": plain(minimum)} if minimum else _("any quantity")


def period(first: dt.datetime | None, end: dt.datetime | None) -> str:
    """When something holds; empty for always."""
    if first and end:
        return _("from %(first)s until %(end)s") % {"first": moment(first), "end": moment(end)}
    if first:
        return _("from %(first)s") % {"first": moment(first)}
    return _("until %(end)s") % {"end": moment(end)} if end else ""


def moment(at: dt.datetime) -> str:
    """A moment in the shop's time; a day's first moment is the day."""
    local = timezone.localtime(at)
    is_midnight = local.time() == dt.time.min
    return date_format(local, "SHORT_DATE_FORMAT" if is_midnight else "SHORT_DATETIME_FORMAT")


def standing(first: dt.datetime | None, end: dt.datetime | None, now: dt.datetime) -> Standing:
    """Whether a period holds at a moment."""
    return Period(valid_from=first, valid_until=end).standing(now)


class AmountField(forms.DecimalField):
    """Money typed as people write it, ``12,50`` or ``12.50``; ``minor`` makes it minor units."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": Decimal(0), "max_digits": 18, "localize": True, **kwargs})


def minor(given: Decimal, currency: str) -> int:
    """The amount in minor units. Raises ValidationError for a fraction the currency lacks."""
    amount = money.to_minor(given, currency)
    if money.to_major(amount, currency) != given:
        raise forms.ValidationError(
            _("%(currency)s has no such fraction.") % {"currency": currency}
        )
    return amount
