"""Why a line costs what it costs, in words: the ``explain`` of a price book, read for people.

    {"rule": ..., "considered": [{"rule", "price_list_code", "outcome", "tiers": [
        {"minimum_quantity", "unit_price_amount", "outcome"}]}]}

A price that the channel stated holds the book's own explanation under ``book``. Words that are not
known here are shown as they are; an explanation of another shape tells nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Told = Callable[[int], str]

RULES: Final[Mapping[str, str | Promise]] = {
    "customer_price_list": gettext_lazy("The customer's price list"),
    "channel_price_list": gettext_lazy("The channel's price list"),
    "base_price": gettext_lazy("The product's base price"),
    "stated": gettext_lazy("Stated by the channel"),
    "imported": gettext_lazy("As imported"),
    "settings": gettext_lazy("The shop's settings"),
}
_OUTCOMES: Final[Mapping[str, str | Promise]] = {
    "won": gettext_lazy("This price holds."),
    "no_customer": gettext_lazy("No customer was named."),
    "no_price_list": gettext_lazy("There is no such price list here."),
    "no_channel": gettext_lazy("No channel was named."),
    "list_not_public": gettext_lazy("The list is not for visitors."),
    "list_not_yet_valid": gettext_lazy("The list did not hold yet."),
    "list_no_longer_valid": gettext_lazy("The list no longer held."),
    "not_in_list": gettext_lazy("The product is not in the list."),
    "no_tier_applies": gettext_lazy("No price of the list fits this quantity and time."),
    "outranked": gettext_lazy("Something above decided already."),
    "larger_tier_won": gettext_lazy("The price for a larger quantity applies."),
    "quantity_below_minimum": gettext_lazy("The quantity is too small for it."),
    "not_yet_valid": gettext_lazy("It did not hold yet."),
    "no_longer_valid": gettext_lazy("It no longer held."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TierVerdict:
    """One price of a list. ``quantity`` is the smallest it is for, as text."""

    quantity: str
    price: str
    has_won: bool
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One rule that was asked, and why it decided or did not."""

    rule: str
    price_list_code: str
    has_won: bool
    outcome: str
    tiers: Sequence[TierVerdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """``remark`` is one sentence about the price itself; both parts may be empty."""

    remark: str
    verdicts: Sequence[Verdict]

    @property
    def says_something(self) -> bool:
        return bool(self.remark or self.verdicts)


def rule(code: str) -> str:
    """A pricing rule in words."""
    return str(RULES.get(code) or code.replace("_", " "))


def read(explain: Mapping[str, Any], told: Told) -> Trace:
    """An explanation in words; ``told`` writes an amount in minor units."""
    if "book" in explain:
        remark = _("The channel stated this price; the price book said %s.") % told(
            explain["book_unit_price_amount"]
        )
        return Trace(remark=remark, verdicts=_verdicts(explain["book"], told))
    if "unit_price" in explain:
        remark = _("The file said %s for one, which is finer than money can be.")
        return Trace(remark=remark % explain["unit_price"], verdicts=[])
    return Trace(remark="", verdicts=_verdicts(explain, told))


def _verdicts(explain: Mapping[str, Any], told: Told) -> list[Verdict]:
    return [
        Verdict(
            rule=rule(each["rule"]),
            price_list_code=each.get("price_list_code") or "",
            has_won=each["outcome"] == "won",
            outcome=_outcome(each["outcome"]),
            tiers=[
                TierVerdict(
                    quantity=plain(tier["minimum_quantity"]),
                    price=told(tier["unit_price_amount"]),
                    has_won=tier["outcome"] == "won",
                    outcome=_outcome(tier["outcome"]),
                )
                for tier in each.get("tiers", ())
            ],
        )
        for each in explain.get("considered", ())
    ]


def plain(quantity: object) -> str:
    """A quantity without needless zeros: ``10.000`` is ``10``."""
    text = format(quantity, "f") if not isinstance(quantity, str) else quantity
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def _outcome(code: str) -> str:
    return str(_OUTCOMES.get(code) or code.replace("_", " "))
