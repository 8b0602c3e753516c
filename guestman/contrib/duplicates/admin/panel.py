"""The panel "May be the same person" of the customer's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from guestman.admin.panels import CUSTOMER_PAGE
from guestman.contrib.duplicates.models import DuplicatePair
from guestman.contrib.duplicates.rules.scoring import Band
from guestman.contrib.duplicates.services.suggestions import suggestions
from guestman.contrib.duplicates.services.words import sentence
from guestman.models import Customer
from shopman import panels
from shopman.panels import Panel
from shopman.tenancy import staff


def facts(request: HttpRequest, customer: Customer) -> Mapping[str, Any] | None:
    """Who is suggested, with the reasons; None, no panel, where nobody is."""
    access = staff.access(request)
    if access is None or not customer.is_active:
        return None
    found = suggestions(customer, organizations=access.organizations)
    if not found:
        return None
    pages = _pages(customer)
    return {
        "rows": [
            {
                "customer": each.customer,
                "page": pages.get(each.customer.pk),
                "is_certain": each.score.band is Band.CERTAIN,
                "reasons": [sentence(one) for one in each.score.evidence if one.weight],
            }
            for each in found
        ]
    }


def _pages(customer: Customer) -> dict[UUID, UUID]:
    """Where the two are looked at side by side, by the other one's key."""
    pairs = DuplicatePair.objects.waiting().of(customer.pk)
    return {
        high if low == customer.pk else low: pair
        for pair, low, high in pairs.values_list("uuid", "low", "high")
    }


panels.register(
    CUSTOMER_PAGE,
    Panel(
        key="duplicates",
        title=_("May be the same person"),
        template="guestman_duplicates/admin/panel.html",
        facts=facts,
        position=15,
    ),
)
