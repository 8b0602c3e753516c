"""What a recalculation did, and by which rules, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guestman.contrib.insights.admin import words
from guestman.contrib.insights.models import InsightRun
from guestman.contrib.insights.rules.parameters import QUINTILES, THRESHOLDS
from shopman import money, tenancy

POLICIES: Final[Mapping[str, Promise]] = {
    THRESHOLDS: gettext_lazy("fixed bounds"),
    QUINTILES: gettext_lazy("fifths of the shop's customers"),
}
_COUNTS: Final[Mapping[str, Promise]] = {
    "written": gettext_lazy("Customers whose numbers changed"),
    "confirmed": gettext_lazy("Customers whose numbers stayed"),
    "kept": gettext_lazy("Customers with newer numbers, left alone"),
    "segment_changes": gettext_lazy("Customers in another segment than before"),
    "future_orders": gettext_lazy("Customers with orders dated later, which were not counted"),
    "with_other_currencies": gettext_lazy("Customers with orders in other currencies"),
}
Line = tuple[str, str]


def policy(name: str) -> str:
    """How scores are given."""
    return str(POLICIES.get(name, name))


def result(counts: Mapping[str, Any]) -> list[Line]:
    """What came of a run, line by line."""
    found = [(str(text), str(counts[name])) for name, text in _COUNTS.items() if counts.get(name)]
    sizes = counts.get("segments", {}).items()
    named = sorted((words.segment(name), size) for name, size in sizes)
    return [*found, *((_("Segment: %s") % name, str(size)) for name, size in named)]


def rules(run: InsightRun) -> list[Line]:
    """The numbers that decided, line by line."""
    return list(_rules(run.parameters, run.policy))


def _rules(given: Mapping[str, Any], policy: str) -> Iterator[Line]:
    bounds = given if policy == THRESHOLDS else _bounds(given.get("breakpoints"))
    if bounds:
        yield _("Days since the last order, for each score"), _listed(bounds["recency_days"])
        yield _("Orders, for each score"), _listed(bounds["frequency_orders"])
        yield _("Spend, for each score"), _amounts(bounds["monetary_amounts"])
    for ratio, risk in given["churn_gap_ratios"]:
        times = number_format(ratio, use_l10n=True)
        yield _("More than %s times the usual time since the last order") % times, _risk(risk)
    for days, risk in given["churn_days"]:
        yield _("No usual time, and more than %s days since the last order") % days, _risk(risk)
    yield _("Otherwise"), _risk(given["churn_otherwise"])
    yield _("Days that predicted spend looks ahead"), str(given["value_horizon_days"])


def _bounds(found: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The bounds of fifths, named as those that are fixed."""
    if not found:
        return None
    return {
        "recency_days": found["recency"],
        "frequency_orders": found["frequency"],
        "monetary_amounts": found["monetary"],
    }


def _risk(risk: float) -> str:
    return _("churn risk %(percent)d %%") % {"percent": round(risk * 100)}


def _listed(numbers: Sequence[int]) -> str:
    return " · ".join(number_format(each, use_l10n=True) for each in numbers) or "–"


def _amounts(numbers: Sequence[int]) -> str:
    currency = tenancy.current().default_currency
    return " · ".join(money.shown(each, currency) for each in numbers) or "–"
