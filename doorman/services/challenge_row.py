"""The row of a challenge: found by a claim, given a code, compared with one, closed."""

from __future__ import annotations

import datetime as dt
import hmac
from dataclasses import dataclass, field
from typing import TypeVar

from django.db.models import QuerySet

from doorman.conf import conf
from doorman.models import Challenge, ProofTicket
from doorman.rules import codes, keyring, macs
from doorman.services import keys, seals
from shopman import clock
from shopman.models import sole

R = TypeVar("R", Challenge, ProofTicket)

#: Compared with where there is no row, so that unknown challenges take as long as known ones.
_NO_ROW = Challenge(channel="sms", purpose="login", salt=b"\0" * 16, code_mac=b"\0" * 32, key_id="")

CODE_FIELDS = (
    "key_id", "salt", "code_mac", "sent_at", "resend_at", "expires_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What somebody shows to be let near a challenge.

    ``secret`` names it; the pages have none and find it by the cookie. ``flow`` is the flow cookie:
    None for a client that is no browser, an empty string for a browser without the cookie.
    """

    secret: str | None = field(repr=False)
    flow: str | None = field(repr=False)


def find(claim: Claim) -> Challenge | None:
    """The challenge that a claim names and may touch."""
    return by_claim(Challenge.objects.all(), claim)


def lock(claim: Claim) -> Challenge | None:
    """The same, locked until the transaction ends."""
    return by_claim(Challenge.objects.select_for_update(of=("self",)), claim)


def by_claim(rows: QuerySet[R], claim: Claim) -> R | None:
    """The one of these challenges or tickets that a claim names and may touch."""
    flow_hash = None if claim.flow is None else keyring.digest(claim.flow)
    if claim.secret is None:
        return sole(rows.filter(flow_hash=flow_hash)) if flow_hash else None
    row = sole(rows.filter(secret_hash=keyring.digest(claim.secret)))
    if row is None or not _is_same_flow(row.flow_hash, flow_hash):
        return None
    return row


def _is_same_flow(kept: str | None, shown: str | None) -> bool:
    """Whether the browser is the one that started, or neither was one."""
    if kept is None or shown is None:
        return kept is shown
    return hmac.compare_digest(kept, shown)


def draw(channel: str) -> str:
    """A fresh code of the length its channel has."""
    return codes.draw(channel=channel, length=length(channel))


def length(channel: str) -> int:
    """Characters of a code."""
    return conf.EMAIL_CODE_LENGTH if channel == "email" else conf.SMS_CODE_LENGTH


def ttl(channel: str) -> int:
    """Seconds a code is good for."""
    return conf.EMAIL_CODE_TTL_SECONDS if channel == "email" else conf.SMS_CODE_TTL_SECONDS


def put_code(row: Challenge, code: str, *, salt: bytes, resend_at: dt.datetime) -> None:
    """Give the row a new code and a new life; the one before it is void."""
    ring, now = keys.hmac_ring(), clock.now()
    row.key_id, row.salt = ring.current, salt
    row.code_mac = _mac(ring.keys[ring.current], row, code)
    row.sent_at, row.resend_at = now, resend_at
    row.expires_at = now + dt.timedelta(seconds=ttl(row.channel))


def matches(row: Challenge | None, typed: str) -> bool:
    """Whether this is the row's code, in constant time; always False without a row."""
    against = row or _NO_ROW
    ring = keys.hmac_ring()
    key = ring.keys.get(against.key_id)
    code = codes.normalise(typed, channel=against.channel, length=length(against.channel))
    made = _mac(key or ring.keys[ring.current], against, code)
    equal = hmac.compare_digest(made, bytes(against.code_mac))
    return equal and bool(code) and row is not None and key is not None


def _mac(key: bytes, row: Challenge, code: str) -> bytes:
    return macs.code_mac(
        key,
        salt=bytes(row.salt),
        challenge=row.pk,
        purpose=row.purpose,
        channel=row.channel,
        code=code,
    )


def is_open(row: Challenge) -> bool:
    """Whether a code may still be tried. The row's time counts, not whether a purge ran."""
    return row.status == Challenge.Status.OPEN and clock.now() < row.expires_at


def contact(row: Challenge) -> str | None:
    """The contact being proved, or None when it cannot be read any more."""
    return seals.unseal(row.sealed_identifier, row=row.pk)


def close(row: Challenge, status: Challenge.Status) -> None:
    """End the challenge; the sealed contact goes with it."""
    row.status, row.sealed_identifier = status, b""
    row.save(update_fields=["status", "sealed_identifier", "attempts"])
