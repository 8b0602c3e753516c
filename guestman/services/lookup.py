"""Finding one customer. Only active ones are found, and a merged one answers as its survivor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal
from uuid import UUID

from django.db.models import Q, QuerySet

from guestman.errors import InvalidDocument, InvalidEmail, InvalidPhone
from guestman.models import ContactPoint, Customer
from guestman.rules import documents, possession
from guestman.rules.contacts import ContactForm, contact_form
from shopman import tenancy
from shopman.models import sole

PriceListReason = Literal[
    "group", "unknown_customer", "inactive_customer", "no_group", "group_without_price_list"
]


def get(code: str) -> Customer | None:
    """The active customer with this code, or None."""
    return _active(sole(Customer.objects.with_survivor().filter(code=code)))


def get_by_uuid(uuid: UUID) -> Customer | None:
    """The active customer with this key, or None."""
    return _active(sole(Customer.objects.with_survivor().filter(uuid=uuid)))


def get_by_phone(phone: str) -> Customer | None:
    """The active customer who has this number, or None; None as well for what is no phone number.

    Who verified it, else the only active one of whom staff or a trusted file says so, else who
    alone verified another spelling of the same handset. What the public typed decides nothing.
    """
    try:
        form = contact_form("phone", phone, tenancy.current().default_region)
    except InvalidPhone:
        return None
    return _owner(form)


def get_by_email(email: str) -> Customer | None:
    """The active customer who has this e-mail address, or None; decided as for a phone."""
    try:
        form = contact_form("email", email, None)
    except InvalidEmail:
        return None
    return _owner(form)


def get_by_document(document: str, *, country: str | None = None) -> Customer | None:
    """The active customer with this document, punctuation aside, or None.

    ``country`` is ISO 3166-1; without one the tenant's.
    """
    country = country or tenancy.current().default_region
    numbers = set()
    for kind in (None, "other"):
        try:
            numbers.add(documents.parse(document, country=country, kind=kind).number)
        except InvalidDocument:
            continue
    if not numbers:
        return None
    rows = Customer.objects.with_survivor().filter(
        Q(is_active=True) | Q(merged_into__isnull=False),
        document__in=numbers,
        document_country=country.upper(),
    )
    # Whose it is stands before an alias that had another one.
    found = sorted(rows, key=lambda each: (each.merged_into_id is not None, each.pk))
    return _active(found[0]) if found else None


def price_list(code: str) -> str | None:
    """Code of the price list of the customer's group; None when there is none to tell.

    ``price_list_reason`` says why.
    """
    return _price_list(code)[0]


def price_list_reason(code: str) -> PriceListReason:
    """Why ``price_list`` answers as it does."""
    return _price_list(code)[1]


def price_list_of(customer: Customer) -> tuple[str | None, PriceListReason]:
    """``price_list`` and its reason for a customer at hand; reads its group if nobody did yet."""
    owner = survivor(customer)
    group = owner.group
    return _answer(owner.is_active, group is not None, group.price_list_code if group else None)


def contact_of_proof(kind: str, value: str, region: str | None) -> ContactPoint | None:
    """The contact whose customer a proof of ``value`` belongs to, or None: nobody's yet.

    The customer may be inactive, or merged (``survivor`` follows). Another spelling of the same
    handset may be what matched. Raises InvalidPhone, InvalidEmail.
    """
    return owned(contact_form(kind, value, region))


def owned(form: ContactForm) -> ContactPoint | None:
    """The contact that decides whose this number or address is.

    One query, and one more where a holder was merged into another customer.
    """
    wanted = Q(match_key=form.match_key)
    if form.family == "phone":
        wanted |= Q(variant_key=form.variant_key)
    rows = ContactPoint.objects.live().filter(wanted, family=form.family).select_related("customer")
    exact: list[possession.Hit] = []
    variants: list[possession.Hit] = []
    by_key = {row.pk: row for row in rows}
    _read_survivors([row.customer for row in by_key.values()])
    for _, row in sorted(by_key.items()):
        (exact if row.match_key == form.match_key else variants).append(_hit(row))
    hit = possession.owner(exact, variants)
    return by_key[hit.contact_point] if hit else None


def survivor(customer: Customer) -> Customer:
    """The customer itself, or the one it was merged into."""
    seen = {customer.pk}
    while customer.merged_into_id and customer.merged_into_id not in seen:
        assert customer.merged_into is not None
        customer = customer.merged_into
        seen.add(customer.pk)
    return customer


def survivor_key(uuid: UUID) -> UUID:
    """The key itself, or the key of the customer it was merged into."""
    row = Customer.objects.filter(uuid=uuid).values_list("merged_into", flat=True).first()
    return row or uuid


def _active(customer: Customer | None) -> Customer | None:
    if customer is None:
        return None
    found = survivor(customer)
    return found if found.is_active else None


def _read_survivors(customers: Iterable[Customer]) -> None:
    """Put at hand whom the merged ones among these customers were merged into."""
    merged = [each for each in customers if each.merged_into_id]
    if merged:
        survivors = Customer.objects.in_bulk([each.merged_into_id for each in merged])
        for each in merged:
            each.merged_into = survivors[each.merged_into_id]


def _hit(row: ContactPoint) -> possession.Hit:
    holder = survivor(row.customer)
    return possession.Hit(
        contact_point=row.pk,
        customer=holder.pk,
        evidence=row.evidence,
        is_shared=row.is_shared,
        is_active=holder.is_active,
    )


def _owner(form: ContactForm) -> Customer | None:
    contact = owned(form)
    return _active(contact.customer) if contact else None


def _price_list(code: str) -> tuple[str | None, PriceListReason]:
    row = _price_list_row(Customer.objects.filter(code=code))
    if row is not None and row[1] is not None:
        row = _price_list_row(Customer.objects.filter(uuid=row[1]))
    if row is None:
        return None, "unknown_customer"
    is_active, _, group, price_list_code = row
    return _answer(is_active, group is not None, price_list_code)


def _answer(
    is_active: bool, has_group: bool, price_list_code: str | None
) -> tuple[str | None, PriceListReason]:
    if not is_active:
        return None, "inactive_customer"
    if not has_group:
        return None, "no_group"
    return (price_list_code, "group") if price_list_code else (None, "group_without_price_list")


def _price_list_row(
    customers: QuerySet[Customer],
) -> tuple[bool, UUID | None, UUID | None, str | None] | None:
    return customers.values_list(
        "is_active", "merged_into", "group", "group__price_list_code"
    ).first()
