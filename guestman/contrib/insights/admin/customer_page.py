"""Segment, value and churn risk on a customer's page: at its head, and why in a panel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guestman.admin.facts import CUSTOMER_PAGE
from guestman.contrib.insights.admin import words
from guestman.contrib.insights.models import CustomerInsight
from guestman.contrib.insights.service import explanation
from guestman.models import Customer
from shopman import money, panels
from shopman.panels import Fact, Panel, Said


def insight_of(request: HttpRequest, customer: Customer) -> CustomerInsight | None:
    """The customer's numbers, read once for a page."""

    def look_up() -> CustomerInsight | None:
        found = CustomerInsight.objects.filter(customer=customer.pk).first()
        if found is not None:
            found.customer = customer
        return found

    return panels.remembered(request, ("insight", customer.pk), look_up)


def _segment(request: HttpRequest, customer: Customer) -> Said | None:
    found = insight_of(request, customer)
    if found is None:
        return None
    note = _("a refresh is due") if found.is_stale else ""
    return Said(text=words.segment(found.segment), note=note, tone="info")


def _value(request: HttpRequest, customer: Customer) -> Said | None:
    found = insight_of(request, customer)
    if found is None:
        return None
    if found.predicted_value_amount is None:
        note = _("what is expected is unknown: %(reason)s") % {
            "reason": explanation.missing(found, "predicted_value_amount")
        }
    else:
        note = _("%(amount)s expected in %(days)d days") % {
            "amount": money.shown(found.predicted_value_amount, found.currency),
            "days": found.value_horizon_days or 0,
        }
    return Said(text=money.shown(found.net_total_amount, found.currency), note=note)


def _churn(request: HttpRequest, customer: Customer) -> Said | None:
    found = insight_of(request, customer)
    if found is None:
        return None
    if found.churn_risk is None:
        return Said(text="–", note=explanation.missing(found, "churn_risk"))
    risk = found.churn_risk
    days = found.churn_horizon_days
    note = _("within %(days)d days") % {"days": days} if days else ""
    text = _("%(percent)d%%") % {"percent": round(risk * 100)}
    return Said(text=text, note=note, tone=words.tone(risk))


def _reasons(request: HttpRequest, customer: Customer) -> Mapping[str, Any]:
    found = insight_of(request, customer)
    if found is None:
        return {"insight": None}
    if not found.order_count:
        # One reason for every number: it is said once.
        return {"insight": found, "sentences": [explanation.missing(found, "recency_score")]}
    return {"insight": found, "sentences": explanation.explain(found)["reasons"]}


for _position, (_key, _label, _words) in enumerate(
    (
        ("segment", gettext_lazy("Segment"), _segment),
        ("value", gettext_lazy("Value to date"), _value),
        ("churn", gettext_lazy("Churn risk"), _churn),
    )
):
    panels.register_fact(
        CUSTOMER_PAGE, Fact(key=_key, label=_label, value=_words, position=20 + _position)
    )
panels.register(
    CUSTOMER_PAGE,
    Panel(
        key="insight",
        title=gettext_lazy("Insight"),
        template="guestman_insights/admin/panel.html",
        facts=_reasons,
        position=40,
    ),
)
