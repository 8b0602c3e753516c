"""What a stored customer is, for the rules that tell two people apart."""

from __future__ import annotations

from guestman.models import Customer
from guestman.rules.documents import Document
from guestman.rules.sameness import Traits


def of(customer: Customer) -> Traits:
    """The traits of a customer, without a query."""
    return Traits(
        name=customer.name,
        is_company=customer.customer_type == Customer.Type.COMPANY,
        document=document_of(customer),
        birth_date=customer.birth_date,
        is_active=customer.is_active,
        is_erased=customer.erased_at is not None,
    )


def document_of(customer: Customer) -> Document:
    """The customer's document, or ``NONE``."""
    return Document(customer.document, customer.document_kind, customer.document_country)
