"""Customers in the admin's search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from guestman.models import Customer
from guestman.services.search import matches
from shopman import finders, masking
from shopman.contact import readable
from shopman.finders import Finder, Found
from shopman.tenancy import staff


def customers(request: HttpRequest, text: str, limit: int) -> Sequence[Found]:
    """Customers by name, code, document, phone or e-mail, the last changed first. One query."""
    condition, access = matches(text), staff.access(request)
    if condition is None or access is None:
        return []
    rows = Customer.objects.visible_to(access.organizations).survivors().filter(condition)
    return [
        Found(
            title=row.name or row.code,
            about=" · ".join(_about(row)),
            address=reverse("admin:guestman_customer_change", args=[row.pk]),
        )
        for row in rows.in_reading_order()[:limit]
    ]


def _about(row: Customer) -> Iterator[str]:
    yield row.code
    if contact := row.phone or row.email:
        yield readable(masking.contact(contact, customer=row.pk))
    if not row.is_active:
        yield str(row.get_status_display())


finders.register(
    Finder(key="customers", title=_("Customer"), icon="person", find=customers, position=10)
)
