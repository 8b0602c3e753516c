"""Codes: asked for, sent again, tried."""

from __future__ import annotations

import datetime as dt
import hmac
import logging
import secrets
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from django.db import transaction

from doorman import signals
from doorman.conf import conf
from doorman.errors import ChallengeClosed, CodeInvalid, IdentifierUnsupported, TooManyAttempts
from doorman.models import Challenge
from doorman.rules import budgets, codes, keyring, macs, sampling
from doorman.services import (
    auth_event,
    budget,
    conversion,
    delivery,
    identifier as identifiers,
    keys,
    seals,
    windows,
)
from doorman.services.budget import Admission
from doorman.services.identifier import Identifier
from shopman import clock
from shopman.contact import mask

logger = logging.getLogger(__name__)

#: What an unknown challenge is compared with, so that it takes as long as a known one.
_DUMMY_SALT = b"\0" * 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What somebody shows to be let near a challenge.

    ``secret`` names it; the pages have none and find it by the cookie. ``flow`` is the flow cookie: None
    for a client that is no browser, an empty string for a browser without the cookie.
    """

    secret: str | None = field(repr=False)
    flow: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """What the asker is told; the same whoever the contact belongs to. Times in seconds."""

    secret: str = field(repr=False)
    flow: str | None = field(repr=False)
    channel: str
    masked: str
    code_length: int
    expires_in: int
    resend_in: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A contact that was proved just now."""

    challenge: Challenge = field(repr=False)
    identifier: str = field(repr=False)

    @property
    def kind(self) -> Literal["phone", "email"]:
        return "email" if self.challenge.channel == "email" else "phone"


class Verdict(Enum):
    WRONG = CodeInvalid
    CLOSED = ChallengeClosed


def start(
    *,
    channel: str,
    identifier: str,
    address: str,
    client: Literal["browser", "other"],
    locale: str,
    next_path: str = "",
    purpose: str = "login",
) -> Started:
    """Open a challenge and send its code.

    Asks nobody who the contact belongs to. Raises IdentifierInvalid, IdentifierUnsupported,
    TooManyAttempts, BudgetUnavailable.
    """
    contact = identifiers.normalise(channel=channel, raw=identifier)
    secret, flow = keyring.fresh_secret(), keyring.fresh_secret() if client == "browser" else None
    now, code = clock.now(), _draw(channel)
    row = Challenge(
        purpose=purpose,
        channel=channel,
        identifier_hash=contact.hash,
        region=contact.region,
        secret_hash=keyring.digest(secret),
        flow_hash=None if flow is None else keyring.digest(flow),
        next_path=next_path,
        locale=locale,
        created_at=now,
    )
    with budget.answering(), transaction.atomic(durable=True):
        resend_at = _take_send(row, contact, address)
        _put_code(row, contact, code, now, resend_at)
        row.save(force_insert=True)
        _note_request(row, address)
    _deliver(row, contact, code)
    return _started(row, contact, secret, flow)


def resend(*, claim: Claim, address: str) -> Started:
    """Send a new code on the same challenge; the old one is void, the tries made still count.

    Raises CodeInvalid for an unknown challenge, ChallengeClosed, TooManyAttempts, BudgetUnavailable.
    """
    contact, code = None, ""
    with budget.answering(), transaction.atomic(durable=True):
        row = _locked(claim)
        if row is not None and _is_open(row):
            contact = _contact(row)
            if row.sends > conf.RESENDS:
                raise TooManyAttempts(retry_after_seconds=_seconds_until(row.expires_at))
            resend_at = _take_send(row, contact, address)
            code = _draw(row.channel)
            row.sends += 1
            _put_code(row, contact, code, clock.now(), resend_at)
            row.save(update_fields=[*_CODE_FIELDS, "sends"])
            _note_request(row, address)
    if row is None or row.status == Challenge.Status.VERIFIED:
        raise CodeInvalid
    if contact is None:
        raise ChallengeClosed
    _deliver(row, contact, code)
    return _started(row, contact, claim.secret or "", claim.flow)


def current(*, claim: Claim) -> Started:
    """The challenge that a claim leads to, for showing it. Raises CodeInvalid, ChallengeClosed."""
    row = _found(claim)
    if row is None:
        raise CodeInvalid
    if not _is_open(row):
        raise ChallengeClosed
    return _started(row, _contact(row), claim.secret or "", claim.flow)


def verify(*, claim: Claim, code: str, address: str) -> Proof:
    """Try a code. A failed try is committed before this raises.

    Raises CodeInvalid (wrong, unknown, used, or another browser's), ChallengeClosed,
    TooManyAttempts, BudgetUnavailable.
    """
    with budget.answering(), transaction.atomic(durable=True):
        outcome = _judge(claim, code, macs_network(address))
    if isinstance(outcome, Verdict):
        raise outcome.value
    return outcome


def _judge(claim: Claim, code: str, address_hash: str) -> Proof | Verdict:
    row = _locked(claim)
    is_open = row is not None and _is_open(row)
    guesses = windows.of_guessing(
        identifier_hash=row.identifier_hash if row is not None and is_open else "",
        address_hash=address_hash,
    )
    # Counted as a failure first and given back afterwards: of many tries at once, no more are
    # compared than the budget has left.
    admissions = budget.take(guesses)
    matches = _matches(row, code)
    if row is None or not is_open:
        return _refuse(row, address_hash, admissions)
    contact = _unsealed(row)
    if not matches or contact is None:
        return _fail(row, address_hash, admissions)
    budget.give_back(guesses)
    _close(row, Challenge.Status.VERIFIED)
    return Proof(challenge=row, identifier=contact)


def _refuse(row: Challenge | None, address_hash: str, admissions: list[Admission]) -> Verdict:
    """A try at something that is not there or not open: only the address is charged."""
    count = max(each.hits for each in admissions)
    if sampling.worth_recording(count):
        auth_event.record(
            "otp_failed",
            reason="unknown" if row is None else row.status,
            challenge_uuid=row and row.pk,
            address_hash=address_hash,
            repeat=count,
        )
    _note_spent(row, address_hash, admissions)
    if row is None or row.status == Challenge.Status.VERIFIED:
        return Verdict.WRONG
    if row.status == Challenge.Status.OPEN:
        _close(row, Challenge.Status.EXPIRED)
    return Verdict.CLOSED


def _fail(row: Challenge, address_hash: str, admissions: list[Admission]) -> Verdict:
    row.attempts += 1
    if row.attempts >= conf.CODE_ATTEMPTS:
        _close(row, Challenge.Status.ATTEMPTS_EXHAUSTED)
    else:
        row.save(update_fields=["attempts"])
    count = max(each.hits for each in admissions if each.window.kind == "identifier")
    if sampling.worth_recording(count):
        auth_event.record(
            "otp_failed",
            channel=row.channel,
            reason="wrong_code",
            challenge_uuid=row.pk,
            identifier_hash=row.identifier_hash,
            address_hash=address_hash,
            repeat=count,
        )
    auth_event.tell(
        signals.otp_failed,
        challenge_uuid=row.pk,
        identifier_hash=row.identifier_hash,
        attempts=row.attempts,
    )
    _note_spent(row, address_hash, admissions)
    return Verdict.WRONG


def _note_spent(row: Challenge | None, address_hash: str, admissions: list[Admission]) -> None:
    """Told once a window, by the failure that spends it."""
    for spent in (each for each in admissions if each.is_last):
        whose = row.identifier_hash if row and spent.window.kind == "identifier" else ""
        auth_event.record(
            "otp_locked",
            reason=spent.window.scope,
            identifier_hash=whose,
            address_hash=address_hash,
            repeat=spent.hits,
        )
        auth_event.tell(signals.otp_locked, identifier_hash=whose, scope=spent.window.scope)


# --- the row -------------------------------------------------------------------------------------

_CODE_FIELDS = (
    "key_id", "salt", "code_mac", "sealed_identifier", "sent_at", "resend_at", "expires_at",
)  # fmt: skip


def _found(claim: Claim) -> Challenge | None:
    return _by_claim(Challenge.objects.all(), claim)


def _locked(claim: Claim) -> Challenge | None:
    return _by_claim(Challenge.objects.select_for_update(of=("self",)), claim)


def _by_claim(rows: object, claim: Claim) -> Challenge | None: ...
