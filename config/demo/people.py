"""More about the sample customers: addresses, proofs, accounts, notes, orders of the web shop.

A few of them order in the web shop and change afterwards, so that their orders froze what is not
true any more. Whoever has an address was filled in by an earlier run and stays as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from config.demo import shop
from guestman.models import Customer, CustomerAddress
from guestman.services import address, contact_point, customer, external_identity
from omniman.services import cart, order

#: Street, district, city, state and postal code.
_STREETS: Final = (
    ("Rua Augusta", "Consolação", "São Paulo", "SP", "01304-001"),
    ("Rua Harmonia", "Vila Madalena", "São Paulo", "SP", "05435-000"),
    ("Avenida Ipiranga", "República", "São Paulo", "SP", "01046-010"),
    ("Rua das Laranjeiras", "Laranjeiras", "Rio de Janeiro", "RJ", "22240-003"),
    ("Rua da Bahia", "Lourdes", "Belo Horizonte", "MG", "30160-011"),
    ("Rua XV de Novembro", "Centro", "Curitiba", "PR", "80020-310"),
)
_NOTES: Final = (
    "Prefers to be called in the afternoon.",
    "Allergic to nuts: check every order.",
    "Orders for the whole office on Mondays.",
    "Asked for invoices with the company's number.",
)


def fill() -> None:
    """Tell more about the sample customers, each in one way or another."""
    filled = set(CustomerAddress.objects.values_list("customer__code", flat=True))
    by_code = {row.code: row for row in Customer.objects.filter(source="demo").order_by("code")}
    for number, sample in enumerate(shop.customers()):
        row = by_code.get(sample.code)
        if row is None or row.code in filled:
            continue
        for tell in _told(number):
            tell(row, number)


def _told(number: int) -> Iterator[Callable[[Customer, int], None]]:
    if number % 5 != 4:
        yield _verify
        yield _move_in
    if number % 3 == 0:
        yield _link
    if number % 4 == 1:
        yield _note
    if number % 10 == 0:
        yield _order_and_change
    if number == len(shop.customers()) - 2:
        yield _become_a_company
    if number == len(shop.customers()) - 3:
        yield _leave


def _verify(row: Customer, number: int) -> None:
    for contact in row.contact_points.order_by("kind"):
        if contact.kind == "phone":
            contact_point.verify(contact_point=contact, method="otp_sms", reference="demo")
        elif number % 2:
            contact_point.verify(contact_point=contact, method="email_link", reference="demo")


def _move_in(row: Customer, number: int) -> None:
    street, district, city, region, postal_code = _STREETS[number % len(_STREETS)]
    address.add(
        customer=row,
        label="Home",
        street=street,
        number=str(10 + number * 37),
        complement=f"Apt. {number + 11}" if number % 2 else "",
        district=district,
        city=city,
        region=region,
        postal_code=postal_code,
    )
    if number % 6 == 0:
        address.add(
            customer=row,
            label="Work",
            street="Avenida Paulista",
            number="1000",
            district="Bela Vista",
            city="São Paulo",
            region="SP",
            postal_code="01310-100",
            instructions="Leave it at the reception.",
        )


def _link(row: Customer, number: int) -> None:
    provider = ("manychat", "google", "instagram")[number // 3 % 3]
    external_identity.link(customer=row, provider=provider, subject=f"demo-{number:06d}")


def _note(row: Customer, number: int) -> None:
    customer.update(row.pk, notes=_NOTES[number // 4 % len(_NOTES)])


def _order_and_change(row: Customer, number: int) -> None:
    """An order that keeps the name and number of its day."""
    basket = cart.open_for_customer(customer_uuid=row.pk)
    for sample in shop.PRODUCTS[number % 3 :: 4]:
        cart.add_line(cart=basket, sku=sample.sku, quantity=1)
    order.commit(cart=basket, idempotency_key=f"demo-{row.code}")
    customer.update(row.pk, last_name=f"{row.last_name} Prado")
    contact_point.change_phone(
        customer=row,
        phone=f"+55 11 94{number:03d}-{(number * 31) % 10000:04d}",
        method="manual",
        reference="Called back on the new number",
    )


def _become_a_company(row: Customer, number: int) -> None:
    customer.update(
        row.pk,
        customer_type="company",
        first_name="Padaria e Confeitaria Nossa Senhora da Conceição de São João da Boa Vista",
        last_name="Ltda.",
    )


def _leave(row: Customer, number: int) -> None:
    customer.deactivate(row.pk, reason="Moved away and asked to be left alone.")
