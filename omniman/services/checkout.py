"""What a shopper says about the order to come: who they are, and where it goes."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from omniman.errors import InvalidCheckout
from omniman.models import Cart
from omniman.services import cart as carts
from shopman import contact, tenancy
from shopman.errors import Failure, FieldError
from shopman.unset import UNSET, NotGiven

#: The parts of an address, all text; ``country`` is ISO 3166-1 alpha-2.
ADDRESS_PARTS = {
    "recipient": 200,
    "street": 200,
    "number": 32,
    "complement": 200,
    "district": 100,
    "city": 100,
    "region": 100,
    "postal_code": 16,
    "country": 2,
    "instructions": 500,
}

Address = Mapping[str, str]


def describe(
    *,
    cart: Cart,
    guest_name: str | NotGiven = UNSET,
    guest_email: str | NotGiven = UNSET,
    guest_phone: str | NotGiven = UNSET,
    delivery_address: Address | NotGiven | None = UNSET,
    billing_address: Address | NotGiven | None = UNSET,
) -> Cart:
    """Set what is given; empty text and None take it away.

    Contacts are stored canonically and only until the order is placed; phone numbers are read in
    the tenant's region. Raises InvalidCheckout with every field that is wrong, and what
    ``cart.lock`` raises.
    """
    wrong: list[FieldError] = []
    values: dict[str, object] = {}
    if guest_name is not UNSET:
        values["guest_name"] = _text("guest_name", guest_name, 200, wrong)
    if guest_email is not UNSET:
        values["guest_email"] = _contact("guest_email", guest_email, wrong)
    if guest_phone is not UNSET:
        values["guest_phone"] = _contact("guest_phone", guest_phone, wrong)
    for name, given in (
        ("delivery_address", delivery_address),
        ("billing_address", billing_address),
    ):
        if given is not UNSET:
            values[name] = None if given is None else _address(name, given, wrong)
    if wrong:
        raise InvalidCheckout(errors=wrong)
    with transaction.atomic():
        row = carts.lock(cart)
        for name, value in values.items():
            setattr(row, name, value)
        carts.touch(row, *values)
    return row


def _contact(field: str, given: str, wrong: list[FieldError]) -> str:
    if not given.strip():
        return ""
    try:
        if field == "guest_email":
            return contact.canonical_email(given)
        return contact.canonical_phone(given, tenancy.current().default_region)
    except Failure as failure:
        wrong.append(FieldError(field=field, code=failure.code, message=failure.detail))
        return ""


def _address(field: str, given: Address, wrong: list[FieldError]) -> dict[str, str]:
    for part in given.keys() - ADDRESS_PARTS.keys():
        message = "This field is not known."
        wrong.append(FieldError(field=f"{field}.{part}", code="unknown_field", message=message))
    return {
        part: _text(f"{field}.{part}", given[part], length, wrong)
        for part, length in ADDRESS_PARTS.items()
        if given.get(part)
    }


def _text(field: str, given: str, length: int, wrong: list[FieldError]) -> str:
    text = given.strip()
    # The database takes no NUL, and JSON no half of a surrogate pair.
    if len(text) > length or "\x00" in text or _is_broken(text):
        message = f"At most {length} ordinary characters."
        wrong.append(FieldError(field=field, code="invalid_text", message=message))
    return text


def _is_broken(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)
