"""Codes: asked for, sent again, tried. Nobody is asked here whose contact it is."""

from __future__ import annotations

import datetime as dt
import logging
import math
import secrets
from dataclasses import dataclass, field
from typing import Final, Literal

from django.db import transaction

from doorman import signals
from doorman.conf import conf
from doorman.errors import ChallengeClosed, CodeInvalid, TooManyAttempts
from doorman.models import Challenge
from doorman.rules import device, keyring
from doorman.services import (
    attempt,
    auth_event,
    budget,
    challenge_row,
    conversion,
    delivery,
    link,
    networks,
    seals,
    windows,
)
from doorman.services import (
    identifier as identifiers,
)
from doorman.services.attempt import Proof, Verdict
from doorman.services.challenge_row import Claim
from doorman.services.identifier import Identifier
from shopman import clock
from shopman.contact import mask

logger = logging.getLogger(__name__)

SALT_BYTES = 16
_LINK_FIELDS: Final = ("link_hash", "link_used_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """What the asker is told, the same whoever the contact belongs to. Times in seconds."""

    secret: str = field(repr=False)
    #: The flow cookie for the browser; None for other clients.
    flow: str | None = field(repr=False)
    channel: str
    masked: str
    code_length: int
    expires_in: int
    resend_in: int


def start(
    *,
    channel: str,
    identifier: str,
    address: str,
    client: Literal["browser", "other"],
    locale: str,
    next_path: str = "",
    user_agent: str = "",
    purpose: str = "login",
) -> Started:
    """Open a challenge and send its code, by e-mail with a link.

    ``address`` is the client's network address, ``next_path`` an accepted return path or empty.
    Raises IdentifierInvalid, IdentifierUnsupported, TooManyAttempts, BudgetUnavailable.
    """
    contact = identifiers.normalise(channel=channel, raw=identifier)
    secret = keyring.fresh_secret()
    flow = keyring.fresh_secret() if client == "browser" else None
    code = challenge_row.draw(channel)
    row = Challenge(
        purpose=purpose,
        channel=channel,
        identifier_hash=contact.hash,
        region=contact.region,
        secret_hash=keyring.digest(secret),
        flow_hash=None if flow is None else keyring.digest(flow),
        next_path=next_path,
        device=device.label(user_agent),
        locale=locale,
        created_at=clock.now(),
    )
    row.sealed_identifier = seals.seal(contact.value, row=row.pk)
    url = link.attach(row)
    with budget.answering(), transaction.atomic(durable=True):
        _admit_sending(row, contact, networks.hashed(address), code)
        row.save(force_insert=True)
    _deliver(row, contact.value, code, url)
    return _started(row, contact.masked, secret, flow)


def resend(*, claim: Claim, address: str) -> Started:
    """Send a new code, and a new link, on the same challenge; the ones before are void.

    Tries already made still count.

    Raises CodeInvalid (unknown, used, or another browser's), ChallengeClosed, TooManyAttempts,
    BudgetUnavailable.
    """
    with budget.answering(), transaction.atomic(durable=True):
        row, value = _openly(challenge_row.lock(claim))
        if row.sends > conf.RESENDS:
            raise TooManyAttempts(retry_after_seconds=_seconds_until(row.expires_at))
        code = challenge_row.draw(row.channel)
        contact = identifiers.normalise(channel=row.channel, raw=value)
        _admit_sending(row, contact, networks.hashed(address), code)
        row.sends += 1
        url = link.attach(row)
        row.save(update_fields=[*challenge_row.CODE_FIELDS, *_LINK_FIELDS, "sends"])
    _deliver(row, value, code, url)
    return _started(row, contact.masked, claim.secret or "", claim.flow)


def current(*, claim: Claim) -> Started:
    """The challenge that a claim leads to, for showing it. Raises CodeInvalid, ChallengeClosed."""
    row, value = _openly(challenge_row.find(claim))
    return _started(row, mask(value), claim.secret or "", claim.flow)


def verify(*, claim: Claim, code: str, address: str) -> Proof:
    """Try a code. A failed try is committed before this raises.

    Raises CodeInvalid (wrong, unknown, used, or another browser's), ChallengeClosed,
    TooManyAttempts, BudgetUnavailable.
    """
    with budget.answering(), transaction.atomic(durable=True):
        outcome = attempt.judge(claim=claim, code=code, address_hash=networks.hashed(address))
    if outcome is Verdict.WRONG:
        raise CodeInvalid
    if outcome is Verdict.CLOSED:
        raise ChallengeClosed
    return outcome


def _openly(row: Challenge | None) -> tuple[Challenge, str]:
    """An open challenge and its contact."""
    if row is None or row.status == Challenge.Status.VERIFIED:
        raise CodeInvalid
    value = challenge_row.contact(row) if challenge_row.is_open(row) else None
    if value is None:
        raise ChallengeClosed
    return row, value


def _admit_sending(row: Challenge, contact: Identifier, address_hash: str, code: str) -> None:
    admissions = budget.take(
        windows.of_sending(channel=row.channel, identifier=contact, address_hash=address_hash)
    )
    conversion.guard(region=contact.region, admissions=admissions)
    personal = [each.free_at for each in admissions if each.window.kind == "identifier"]
    challenge_row.put_code(row, code, salt=secrets.token_bytes(SALT_BYTES), resend_at=max(personal))
    auth_event.record(
        "otp_requested",
        channel=row.channel,
        reason=row.purpose,
        challenge_uuid=row.pk,
        identifier_hash=contact.hash,
        address_hash=address_hash,
    )
    auth_event.tell(
        signals.otp_requested,
        challenge_uuid=row.pk,
        channel=row.channel,
        purpose=row.purpose,
        identifier_hash=contact.hash,
    )
    for spent in (each for each in admissions if each.is_last and each.window.kind == "all"):
        logger.warning("The budget %s of messages is spent", spent.window.scope)
        auth_event.tell(signals.send_budget_spent, scope=spent.window.scope)


def _deliver(row: Challenge, to: str, code: str, url: str) -> None:
    delivery.send(
        challenge_uuid=row.pk,
        channel=row.channel,
        to=to,
        code=code,
        link=url,
        locale=row.locale,
        ttl=challenge_row.ttl(row.channel),
    )


def _started(row: Challenge, masked: str, secret: str, flow: str | None) -> Started:
    return Started(
        secret=secret,
        flow=flow,
        channel=row.channel,
        masked=masked,
        code_length=challenge_row.length(row.channel),
        expires_in=_seconds_until(row.expires_at),
        resend_in=_seconds_until(row.resend_at),
    )


def _seconds_until(moment: dt.datetime) -> int:
    return max(0, math.ceil((moment - clock.now()).total_seconds()))
