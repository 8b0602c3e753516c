"""Who a customer is, at the head of the page."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse

from guestman.models import Customer
from shopman import masking
from shopman.contact import readable
from shopman.tenancy import staff
from shopman.tenancy.rights import Right

#: How a status is coloured, in lists and on the page.
STATUS_TONES: Final = {
    "active": "success",
    "prospect": "info",
    "inactive": "danger",
    "churned": "warning",
}


def of(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    """What the head's template needs beside the record. No query."""
    is_seen = masking.sees(customer.pk)
    number = customer.phone.partition(";")[0] if is_seen else ""
    email = customer.email if is_seen else ""
    may_reveal = not is_seen and staff.may(request, Right.REVEAL_CONTACTS)
    return {
        "status_tone": STATUS_TONES[customer.status],
        "phone": readable(masking.contact(customer.phone, customer=customer.pk)),
        "phone_href": f"tel:{number}" if number else "",
        "email": masking.contact(customer.email, customer=customer.pk),
        "email_href": f"mailto:{email}" if email else "",
        "reveal": reverse("admin:guestman_customer_reveal", args=[customer.pk])
        if may_reveal
        else "",
    }
