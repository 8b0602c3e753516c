"""Phone numbers and e-mail addresses in the one form in which they are compared.

Used by everyone who stores, looks up, limits or proves a contact. Raw strings are never compared.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from shopman import quick_contact
from shopman.errors import Invalid

#: Longer input is refused before it is parsed.
MAX_PHONE_LENGTH = 64
#: RFC 5321 section 4.5.3.1.3, less the angle brackets.
MAX_EMAIL_LENGTH = 254

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")


#: ASCII that stands in no unquoted local part (RFC 5322 section 3.2.3). Looked for before
#: normalising, which can hide one inside a composed character.
_SPECIALS = re.compile(r"[\x00-\x20\"(),:;<>@\[\\\]\x7f]")
#: How Brazilians write an extension, which phonenumbers does not know.
_RAMAL = re.compile(r"\bramal\b\.?", re.IGNORECASE)


class InvalidPhone(Invalid):
    """This is not a phone number we can use."""

    code = "invalid_phone"


class InvalidEmail(Invalid):
    """This is not an e-mail address we can use."""

    code = "invalid_email"


def canonical_phone(
    raw: str, region: str | None, *, accept: Literal["valid", "possible"] = "valid"
) -> str:
    """E.164, followed by ``;ext=`` and the digits when there is an extension.

    ``region`` (ISO 3166-1) is how a national number is read; without one only ``+`` numbers are
    understood. ``possible`` also takes numbers of a right length that are in no numbering plan, as
    some real WhatsApp ids are. The extension is part of the key: a switchboard's desks differ.
    Raises InvalidPhone.
    """
    quick = quick_contact.phone(raw, region)
    return quick if quick is not None else parsed_phone(raw, region, accept=accept)


def parsed_phone(
    raw: str, region: str | None, *, accept: Literal["valid", "possible"] = "valid"
) -> str:
    """What ``canonical_phone`` says, always by the library. Raises InvalidPhone."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", raw)).strip()
    if not text or len(text) > MAX_PHONE_LENGTH or "\x00" in text:
        raise InvalidPhone
    return _e164(text, region, accept)


@lru_cache(maxsize=1024)
def _e164(text: str, region: str | None, accept: str) -> str:
    """The same of a plain text. A request asks for its few numbers several times."""
    try:
        number = phonenumbers.parse(_RAMAL.sub("ext", text), region)
    except phonenumbers.NumberParseException as error:
        raise InvalidPhone from error
    fits = phonenumbers.is_valid_number if accept == "valid" else phonenumbers.is_possible_number
    if not fits(number):
        raise InvalidPhone
    extension = f";ext={number.extension}" if number.extension else ""
    number.extension = None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) + extension


def variant_key(phone: str) -> str:
    """One key for the spellings that reach the same handset; a look-up beside the canonical one.

    Brazil's ninth digit, Argentina's mobile 9 and Mexico's former mobile 1 are dropped; every other
    number is its own variant. Takes what ``canonical_phone`` gave. Never an identity by itself:
    an Argentine landline shares its variant with the mobile of the same digits.
    """
    # The ninth digit was put before numbers that began with 6 to 9; 2 to 5 are landlines.
    if re.match(r"\+55\d{2}9[6-9]\d{7}(;|\Z)", phone):
        return phone[:5] + phone[6:]
    if re.match(r"\+549\d{10}(;|\Z)", phone):
        return "+54" + phone[4:]
    if re.match(r"\+521\d{10}(;|\Z)", phone):
        return "+52" + phone[4:]
    return phone


def canonical_email(raw: str) -> str:
    """``casefold(NFKC(local))@ascii-domain``; dots and plus tags are kept as they are.

    Spaces around it are dropped. Refused are display names, quoted local parts, address literals,
    local parts over 64 octets (RFC 5321 section 4.5.3.1.1), and domains that no mail reaches:
    without a dot, or reserved as RFC 6761 does with ``.test`` and ``.local``. Raises InvalidEmail.
    """
    quick = quick_contact.email(raw)
    return quick if quick is not None else parsed_email(raw)


def parsed_email(raw: str) -> str:
    """What ``canonical_email`` says, always by the library. Raises InvalidEmail."""
    text = _INVISIBLE.sub("", raw).strip(" \t")
    if not text or _octets(text) > MAX_EMAIL_LENGTH:
        raise InvalidEmail
    local, at, domain = text.rpartition("@")
    if _SPECIALS.search(local):
        raise InvalidEmail
    local = _folded(local)
    try:
        parts = validate_email(local + at + domain, check_deliverability=False, strict=True)
    # Beside its own errors the library lets those of the codecs through.
    except (EmailNotValidError, UnicodeError) as error:
        raise InvalidEmail from error
    canonical = f"{local}@{parts.ascii_domain}"
    if _octets(canonical) > MAX_EMAIL_LENGTH:
        raise InvalidEmail
    return canonical


def _octets(address: str) -> int:
    """The length of an address as it is sent (RFC 6531 section 3.3 for those beyond ASCII)."""
    return len(address.encode(errors="surrogatepass"))


def _folded(local: str) -> str:
    # Folding may denormalise and normalising may unfold: until both leave it alone.
    folded = unicodedata.normalize("NFKC", local).casefold()
    return folded if folded == local else _folded(folded)


def mask(value: str) -> str:
    """A contact as it may be shown to somebody who already knows it, and in logs.

    >>> mask("ana.souza@loja.com.br"), mask("+5511999998888")
    ('a•••@l•••.br', '+55•••••••8888')
    """
    if "@" in value:
        local, _, domain = value.rpartition("@")
        return f"{local[:1]}•••@{domain[:1]}•••.{domain.rpartition('.')[2]}"
    number = value.partition(";")[0]
    if len(number) < 9:
        return "•" * len(number)
    return number[:3] + "•" * (len(number) - 7) + number[-4:]


def readable(canonical: str) -> str:
    """A stored number with spaces, ``+55 11 98765-4321``; anything else as it is."""
    number, _sign, extension = canonical.partition(";ext=")
    if not number.startswith("+") or not number[1:].isdigit():
        return canonical
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return canonical
    shown = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return f"{shown} ({extension})" if extension else shown
