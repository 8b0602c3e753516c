"""The panels guestman itself shows on a customer's page. Others register theirs beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from guestman.admin import trail
from guestman.admin.reading import readable
from guestman.models import ContactPoint, Customer, CustomerAddress, ExternalIdentity
from shopman import masking, panels
from shopman.panels import Panel
from shopman.tenancy import staff

#: The page of a customer, for ``shopman.panels``.
CUSTOMER_PAGE = "guestman.customer"
#: Rows of one panel; more are a click away.
SHOWN = 50
#: Changes shown on the page; the history has the rest.
SHOWN_CHANGES = 5


def _may_write(request: HttpRequest, customer: Customer) -> bool:
    access = staff.access(request)
    return access is not None and access.may_write and customer.is_active


def _contacts(request: HttpRequest, customer: Customer) -> Mapping[str, Any]:
    rows = ContactPoint.objects.filter(customer=customer).order_by("created_at", "uuid")[:SHOWN]
    kinds = ContactPoint.Kind.values
    # What is in use first, what was released last.
    ordered = sorted(
        rows,
        key=lambda row: (row.released_at is not None, not row.is_primary, kinds.index(row.kind)),
    )
    return {
        "rows": [
            (row, readable(masking.contact(row.canonical, customer=customer.pk))) for row in ordered
        ],
        "may_write": _may_write(request, customer),
    }


def _addresses(request: HttpRequest, customer: Customer) -> Mapping[str, Any]:
    rows = CustomerAddress.objects.live().filter(customer=customer)
    ordered = list(rows.order_by("purpose", "-is_default", "created_at", "uuid")[:SHOWN])
    for row in ordered:
        row.label = masking.text(row.label, customer=customer.pk)
        row.instructions = masking.text(row.instructions, customer=customer.pk)
    return {"rows": ordered, "may_write": _may_write(request, customer)}


def _identities(request: HttpRequest, customer: Customer) -> Mapping[str, Any]:
    rows = ExternalIdentity.objects.filter(customer=customer).order_by("-is_active", "created_at")
    shown = [(row, masking.contact(row.subject, customer=customer.pk)) for row in rows[:SHOWN]]
    return {"rows": shown, "may_write": _may_write(request, customer)}


def _changes(request: HttpRequest, customer: Customer) -> Mapping[str, Any]:
    return {"entries": trail.entries(customer, limit=SHOWN_CHANGES)}


panels.register(
    CUSTOMER_PAGE,
    Panel(
        key="contacts",
        title=_("Contacts"),
        template="guestman/admin/contacts.html",
        facts=_contacts,
        position=10,
    ),
)
panels.register(
    CUSTOMER_PAGE,
    Panel(
        key="addresses",
        title=_("Addresses"),
        template="guestman/admin/addresses.html",
        facts=_addresses,
        position=20,
    ),
)
panels.register(
    CUSTOMER_PAGE,
    Panel(
        key="identities",
        title=_("Accounts elsewhere"),
        template="guestman/admin/identities.html",
        facts=_identities,
        position=80,
    ),
)
panels.register(
    CUSTOMER_PAGE,
    Panel(
        key="audit",
        title=_("Latest changes"),
        template="guestman/admin/changes.html",
        facts=_changes,
        position=90,
    ),
)
