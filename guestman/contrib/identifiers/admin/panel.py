"""The panel "Found by" of the customer's page: identifiers, linked records, open matters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from guestman.admin.facts import CUSTOMER_PAGE
from guestman.contrib.identifiers.admin.words import family
from guestman.contrib.identifiers.models import CustomerIdentifier, RecordLink, ReviewItem
from guestman.models import Customer
from shopman import masking, panels
from shopman.contact import readable
from shopman.panels import Panel
from shopman.tenancy import staff
from shopman.tenancy.rights import Right

#: Rows of one panel.
SHOWN = 50


def facts(request: HttpRequest, customer: Customer) -> Mapping[str, Any] | None:
    """What leads to this customer. None, no panel, where nothing does. Three queries."""
    access = staff.access(request)
    if access is None:
        return None
    rows = CustomerIdentifier.objects.filter(customer=customer).in_reading_order()[:SHOWN]
    told = [
        (each, family(each.family), readable(masking.contact(each.value, customer=customer.pk)))
        for each in rows
    ]
    records = RecordLink.objects.filter(customer=customer)
    own = ReviewItem.objects.open().visible_to(access.organizations)
    matters = list(own.filter(parties__customer=customer).in_reading_order()[:SHOWN])
    linked = records.count()
    if not (told or linked or matters):
        return None
    return {
        "deciding": [each for each in told if not each[0].is_pending],
        "pending": [each for each in told if each[0].is_pending],
        "may_decide": customer.merged_into_id is None and staff.may(request, Right.CHANGE),
        "linked": linked,
        "typed": records.filter(evidence="U").count() if linked else 0,
        "matters": matters,
    }


panels.register(
    CUSTOMER_PAGE,
    Panel(
        key="identifiers",
        title=_("Found by"),
        template="guestman_identifiers/admin/panel.html",
        facts=facts,
        position=35,
    ),
)
