"""Contacts in the form in which they are stored and compared."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from guestman.errors import InvalidContact, InvalidMethod, InvalidPhone
from shopman.contact import canonical_email, canonical_phone, variant_key
from shopman.errors import FieldError

#: Methods that prove possession, and the kinds each can prove.
PHONE_METHODS = frozenset({"otp_sms", "otp_whatsapp", "oauth", "channel_asserted", "manual"})
EMAIL_METHODS = frozenset({"email_link", "oauth", "channel_asserted", "manual"})
OTHER_METHODS = frozenset({"oauth", "channel_asserted", "manual"})

KINDS = ("phone", "email", "whatsapp", "instagram", "facebook", "telegram", "relay")

MAX_LENGTH = 254

_DIGITS = re.compile(r"\d{8,15}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactForm:
    """A contact ready to be stored. ``match_key`` is what is compared, within ``family``."""

    kind: str
    family: str
    value: str
    canonical: str
    match_key: str
    variant_key: str


def family_of(kind: str) -> str:
    """Kinds that reach the same number are one family."""
    return "phone" if kind == "whatsapp" else kind


def contact_form(kind: str, value: str, region: str | None) -> ContactForm:
    """What to store for a contact of ``kind``. ``region`` is how national numbers are read.

    Raises InvalidPhone, InvalidEmail, InvalidContact.
    """
    if kind not in KINDS:
        raise InvalidContact(
            errors=[FieldError(field="kind", code="invalid_contact", message="Unknown kind.")]
        )
    given = value.strip()
    if kind in ("phone", "whatsapp"):
        canonical = _number(kind, given, region)
        key, variant = canonical, variant_key(canonical)
    elif kind in ("email", "relay"):
        key = canonical = variant = canonical_email(given)
    else:
        canonical = _account(given)
        key = variant = canonical.casefold()
    return ContactForm(
        kind=kind,
        family=family_of(kind),
        value=given[:320],
        canonical=canonical,
        match_key=key,
        variant_key=variant,
    )


def proves(method: str, kind: str) -> str:
    """The method, when it can prove a contact of this kind. Raises InvalidMethod."""
    if kind in ("phone", "whatsapp"):
        fits = PHONE_METHODS
    else:
        fits = EMAIL_METHODS if kind in ("email", "relay") else OTHER_METHODS
    if method not in fits:
        raise InvalidMethod
    return str(method)


def _number(kind: str, given: str, region: str | None) -> str:
    if kind == "phone":
        return canonical_phone(given, region)
    try:
        return canonical_phone(given, region, accept="possible")
    except InvalidPhone:
        # Signed ids of real accounts may be in no numbering plan at all.
        digits = given.removeprefix("+")
        if not _DIGITS.fullmatch(digits):
            raise
        return f"+{digits}"


def _account(given: str) -> str:
    name = unicodedata.normalize("NFKC", given).strip().removeprefix("@")
    if not name or len(name) > MAX_LENGTH or not name.isprintable() or " " in name:
        raise InvalidContact
    return name
