"""A customer's numbers in plain words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guestman.contrib.insights.models import CustomerInsight
from shopman import money

#: Why a number is missing, by the code in ``CustomerInsight.reasons``.
REASONS: dict[str, Promise] = {
    "no_orders": gettext_lazy("there are no orders yet"),
    "only_refunded": gettext_lazy("every order was refunded"),
    "only_returns": gettext_lazy("there are only returns"),
    "only_other_currencies": gettext_lazy("there are only orders in other currencies"),
    "one_order": gettext_lazy("one order shows no pace"),
    "too_few_customers": gettext_lazy("fewer than five customers have orders"),
    "all_equal": gettext_lazy("all customers are equal in this"),
    "no_breakpoints": gettext_lazy("the shop was never recalculated with this policy"),
}

_LABELS: dict[str, Promise] = {
    "recency_score": gettext_lazy("R"),
    "frequency_score": gettext_lazy("F"),
    "monetary_score": gettext_lazy("M"),
    "average_gap_days": gettext_lazy("Days between orders"),
    "churn_risk": gettext_lazy("Churn risk"),
    "predicted_value_amount": gettext_lazy("Predicted spend"),
}


def missing(insight: CustomerInsight, field: str) -> str:
    """Why a number is null, in words."""
    code = insight.reasons.get(field, "")
    return str(REASONS.get(code, code))


def explain(insight: CustomerInsight) -> dict[str, Any]:
    """The numbers of one customer and a sentence for each.

    ``{"customer", "segment", "policy", "policy_version", "as_of", "is_stale", "scores", "reasons",
    "text"}``: ``scores`` is ``{"recency": {"score", "value", "text"}, "frequency": ...,
    "monetary": ...}`` with values in days, orders and minor units; ``reasons`` lists every
    sentence, ``text`` is their paragraph. Sentences are in the active language.
    """
    scores = {
        "recency": _part(insight, "recency_score", insight.days_since_last_order, _recency),
        "frequency": _part(insight, "frequency_score", insight.order_count, _frequency),
        "monetary": _part(insight, "monetary_score", insight.net_total_amount, _monetary),
    }
    sentences = [
        *(part["text"] for part in scores.values()),
        _gap(insight),
        _churn(insight),
        _value(insight),
        *_others(insight),
    ]
    return {
        "customer": insight.customer.code,
        "segment": insight.segment,
        "policy": insight.policy,
        "policy_version": insight.policy_version,
        "as_of": insight.as_of,
        "is_stale": insight.is_stale,
        "scores": scores,
        "reasons": sentences,
        "text": ". ".join(sentences) + ".",
    }


def _part(insight: CustomerInsight, field: str, value: int | None, words: Any) -> dict[str, Any]:
    score = getattr(insight, field)
    if value is None or (score is None and not insight.order_count):
        return {"score": None, "value": value, "text": _missing(insight, field)}
    shown = "–" if score is None else score
    text = f"{_LABELS[field]} {shown}: {words(insight)}"
    if score is None:
        text = f"{text} ({missing(insight, field)})"
    return {"score": score, "value": value, "text": text}


def _recency(insight: CustomerInsight) -> str:
    days = insight.days_since_last_order or 0
    if days == 0:
        return _("last order on the day itself")
    return ngettext("last order %(days)d day ago", "last order %(days)d days ago", days) % {
        "days": days
    }


def _frequency(insight: CustomerInsight) -> str:
    count = insight.order_count
    return ngettext("%(count)d order", "%(count)d orders", count) % {"count": count}


def _monetary(insight: CustomerInsight) -> str:
    return _("%(amount)s spent, net of refunds") % {
        "amount": money.shown(insight.net_total_amount, insight.currency)
    }


def _gap(insight: CustomerInsight) -> str:
    if insight.average_gap_days is None:
        return _missing(insight, "average_gap_days")
    return _("An order every %(days)s days on average") % {"days": _short(insight.average_gap_days)}


def _churn(insight: CustomerInsight) -> str:
    if insight.churn_risk is None:
        return _missing(insight, "churn_risk")
    return _("Churn risk %(percent)d %%") % {"percent": round(insight.churn_risk * 100)}


def _value(insight: CustomerInsight) -> str:
    if insight.predicted_value_amount is None:
        return _missing(insight, "predicted_value_amount")
    return _("At this pace %(amount)s in the next %(days)d days") % {
        "amount": money.shown(insight.predicted_value_amount, insight.currency),
        "days": insight.value_horizon_days,
    }


def _others(insight: CustomerInsight) -> list[str]:
    return [
        *_refunded(insight.refund_count),
        *(
            ngettext(
                "Not counted: %(count)d order in another currency, %(amount)s",
                "Not counted: %(count)d orders in another currency, %(amount)s",
                found["order_count"],
            )
            % {
                "count": found["order_count"],
                "amount": money.shown(found["net_total_amount"], currency),
            }
            for currency, found in insight.other_currencies.items()
        ),
    ]


def _refunded(count: int) -> list[str]:
    told = ngettext(
        "Not counted: %(count)d order refunded in full",
        "Not counted: %(count)d orders refunded in full",
        count,
    )
    return [told % {"count": count}] if count else []


def _missing(insight: CustomerInsight, field: str) -> str:
    return _("%(name)s unknown: %(reason)s") % {
        "name": _LABELS[field],
        "reason": missing(insight, field),
    }


def _short(days: Decimal) -> str:
    return formats.number_format(days.normalize(), use_l10n=True)
