"""From what somebody typed to the one contact that is limited, proved and asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from doorman.conf import conf
from doorman.errors import IdentifierInvalid, IdentifierUnsupported
from doorman.rules import destination, macs
from doorman.services import keys, neighbours
from shopman import tenancy
from shopman.contact import (
    InvalidEmail,
    InvalidPhone,
    canonical_email,
    canonical_phone,
    mask,
    variant_key,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """A contact to be proved. ``value`` is canonical and not shown in a repr.

    ``hash`` is the same for the spellings that reach one handset, so budgets cannot be doubled by
    writing a number another way.
    """

    kind: Literal["phone", "email"]
    value: str = field(repr=False)
    hash: str
    #: ISO 3166-1 region of a phone number; empty for e-mail.
    region: str = ""

    @property
    def masked(self) -> str:
        return mask(self.value)


def normalise(*, channel: str, raw: str) -> Identifier:
    """The contact that ``raw`` means on this channel.

    Raises IdentifierInvalid, or IdentifierUnsupported for a channel that is closed and for numbers
    that get no messages (country, premium, shared cost, satellite).
    """
    if not neighbours.is_open(channel):
        raise IdentifierUnsupported
    return _email(raw) if channel == "email" else _phone(raw)


def hashes(*, phones: Iterable[str], emails: Iterable[str]) -> list[str]:
    """How these canonical contacts are written in rows, under every key that is still there."""
    tenant = tenancy.current().pk
    named = [("phone", variant_key(phone)) for phone in phones]
    named += [("email", email) for email in emails]
    return [
        macs.identifier_hash(key, tenant=tenant, kind=kind, identifier=value)
        for key in keys.hmac_ring().keys.values()
        for kind, value in named
    ]


def _phone(raw: str) -> Identifier:
    tenant = tenancy.current()
    try:
        phone = canonical_phone(raw, tenant.default_region)
    except InvalidPhone as error:
        raise IdentifierInvalid from error
    if ";" in phone:
        raise IdentifierInvalid
    allowed = tuple(conf.ALLOWED_REGIONS) or (tenant.default_region,)
    if not destination.is_served(phone, allowed_regions=allowed):
        raise IdentifierUnsupported
    return Identifier(
        kind="phone",
        value=phone,
        hash=_hash(tenant.pk, "phone", variant_key(phone)),
        region=destination.region(phone),
    )


def _email(raw: str) -> Identifier:
    try:
        email = canonical_email(raw)
    except InvalidEmail as error:
        raise IdentifierInvalid from error
    return Identifier(kind="email", value=email, hash=_hash(tenancy.current().pk, "email", email))


def _hash(tenant: UUID, kind: str, value: str) -> str:
    return macs.identifier_hash(keys.hmac_key(), tenant=tenant, kind=kind, identifier=value)
