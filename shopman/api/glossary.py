"""What names mean that stand in many answers: said once, for every field and parameter.

A field or filter says it better itself with ``help_text``; what neither says fails a test.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

NAMES: Final[Mapping[str, str]] = {
    "uuid": "Its key (UUIDv7).",
    "code": "Short name, unique within the shop.",
    "name": "Name for people.",
    "label": "What the owner calls it.",
    "sku": "The shop's name of the product.",
    "currency": "ISO 4217.",
    "version": "Grows with every change; the ETag of the row.",
    "created_at": "When it was made (UTC).",
    "updated_at": "When it was last changed (UTC).",
    "calculated_at": "When this was calculated (UTC).",
    "placed_at": "When it was placed (UTC).",
    "verified_at": "When possession was last proved (UTC); null: never.",
    "started_at": "When it began (UTC).",
    "finished_at": "When it ended (UTC); null: it has not.",
    "expires_at": "When it ends (UTC).",
    "as_of": "The moment the numbers are about (UTC).",
    "at": "When it happened (UTC).",
    "valid_from": "From when on (UTC, inclusive); null: always.",
    "valid_until": "Until when (UTC, exclusive); null: for good.",
    "is_active": "Whether it is in use.",
    "quantity": "How many or how much, as a decimal string with at most three places.",
    "minimum_quantity": "From this quantity on, as a decimal string with at most three places.",
    "amount": "In minor units of the currency (cents).",
    "country": "ISO 3166-1 alpha-2.",
    "organization": "Key of the company or branch it belongs to; null: the whole shop's.",
    "customer_uuid": "Key of the customer.",
    "customer_code": "Code of the customer.",
    "phone": "Phone number, E.164 in answers; any spelling of the shop's region when sent.",
    "email": "E-mail address.",
    "street": "Street, without the number.",
    "number": "House number.",
    "complement": "Flat, floor, building.",
    "district": "District or neighbourhood.",
    "city": "City.",
    "region": "State or province.",
    "postal_code": "Postal code, as written there.",
    "instructions": "What whoever delivers should know.",
    "recipient": "Who receives it.",
    "place_id": "The place's key at the geocoding service; empty: none.",
    "latitude": "Degrees north, WGS 84, as a decimal string.",
    "longitude": "Degrees east, WGS 84, as a decimal string.",
    "reason": "Why, for people.",
    "detail": "A sentence for people, in their language.",
    "message": "A sentence for people, in their language.",
    "metadata": "A JSON object of the integrator; the suite only keeps it.",
    "first_name": "First name; may be empty.",
    "last_name": "Last name; may be empty.",
    "customer_type": "Person or business.",
    "document": "Tax or identity number, without punctuation in answers; empty: none.",
    "document_kind": "What kind of number: cpf, cnpj, vat or other.",
    "document_country": "Which country's number, ISO 3166-1 alpha-2.",
    "group": "Code of the customer group.",
    "status": "Where it stands.",
    "source": "Where it came from.",
    "locale": "Language tag, such as pt-br; empty: the shop's.",
    "birth_date": "Date of birth.",
    "notes": "Notes of the staff; shoppers never see them.",
    "kind": "What it is.",
    "provider": "Name of the provider, such as google.",
    "subject": "The account's key at the provider.",
    "issuer": "Who vouches for the account, as OpenID Connect names it; empty: not said.",
    "channel": "Code of the channel.",
    "policy": "Name of the rules that were applied.",
    "policy_version": "Version of those rules.",
    "unit": "What one of it is: each, kg.",
    "results": "The rows of this page.",
    "next": "Address of the next page; null: this is the last one.",
    "previous": "Address of the page before; null: this is the first one.",
    "total": "How many rows the whole list has; only when asked for.",
}
#: By the end of the name, for what is not listed above.
_ENDINGS: Final[Mapping[str, str]] = {
    "_amount": "In minor units of the currency (cents).",
    "_count": "How many.",
    "_at": "When (UTC).",
    "_on": "On which date.",
    "_days": "In days.",
    "_after": "At or after this moment (ISO 8601 with an offset).",
    "_before": "Before this moment (ISO 8601 with an offset).",
    "_min": "At least this.",
    "_max": "At most this.",
}


def of_name(name: str) -> str:
    """What a name means, or an empty string."""
    if name in NAMES:
        return NAMES[name]
    return next((text for end, text in _ENDINGS.items() if name.endswith(end)), "")


def of_path_part(segment: str) -> str:
    """What the key after a segment of an address names: ``price-lists`` is a price list."""
    word = segment.replace("-", " ")
    word = re.sub(r"ies$", "y", word)
    word = re.sub(r"sses$", "ss", word)
    return f"Key of the {re.sub(r'(?<!s)s$', '', word)}."
