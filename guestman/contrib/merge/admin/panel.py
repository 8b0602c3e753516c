"""The panel "Merged records" of a customer's page, and the way to the comparison."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from guestman.admin import pair_acts
from guestman.admin.pair_acts import PairAct
from guestman.admin.panels import CUSTOMER_PAGE
from guestman.contrib.merge.admin import comparison
from guestman.contrib.merge.models import Merge
from guestman.models import Customer
from shopman import masking, panels, trail_words
from shopman.panels import Panel
from shopman.tenancy import staff
from shopman.tenancy.rights import Right

SHOWN = 20


def facts(request: HttpRequest, customer: Customer) -> Mapping[str, Any] | None:
    """Merges this customer took part in, newest first; None, no panel, without any."""
    rows = Merge.objects.filter(
        Q(survivor=customer) | Q(duplicate=customer) | Q(survivor__merged_into=customer)
    )
    found = rows.select_related("survivor", "duplicate", "undo").order_by("-uuid")[:SHOWN]
    merges = [
        {
            "merge": merge,
            "by": trail_words.someone(merge.actor),
            "undo": getattr(merge, "undo", None),
            "undo_by": trail_words.someone(merge.undo.actor) if hasattr(merge, "undo") else "",
            "is_away": merge.duplicate_id == customer.pk,
            "reason": masking.text(merge.reason, customer=customer.pk),
        }
        for merge in found
    ]
    if not merges:
        return None
    return {"merges": merges, "may_take_back": staff.may(request, Right.MERGE)}


panels.register(
    CUSTOMER_PAGE,
    Panel(
        key="merges",
        title=_("Merged records"),
        template="guestman_merge/admin/panel.html",
        facts=facts,
        position=88,
    ),
)
pair_acts.register(
    PairAct(
        key="merge",
        label=_("Compare and merge"),
        address=comparison.address,
        right=Right.MERGE,
        position=10,
        shortcut="m",
    )
)
