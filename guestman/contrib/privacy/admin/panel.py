"""The panel "Privacy" of the customer's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from guestman.admin.panels import CUSTOMER_PAGE
from guestman.models import Customer
from shopman import panels
from shopman.panels import Panel
from shopman.tenancy import staff
from shopman.tenancy.rights import Right


def may(request: HttpRequest) -> bool:
    """Whether the reader copies and erases people: it is about every organization of the shop."""
    return staff.may(request, Right.PRIVACY) and not staff.is_limited(request)


def facts(request: HttpRequest, customer: Customer) -> Mapping[str, Any] | None:
    """The two acts; no panel for whoever may not do them, and none where nothing is left."""
    if customer.erased_at is not None or customer.merged_into_id or not may(request):
        return None
    return {}


panels.register(
    CUSTOMER_PAGE,
    Panel(
        key="privacy",
        title=_("Privacy"),
        template="guestman_privacy/admin/panel.html",
        facts=facts,
        position=900,
        column="side",
    ),
)
