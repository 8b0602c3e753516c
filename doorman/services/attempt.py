"""Judging one try at a code, inside the transaction that remembers it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from doorman import signals
from doorman.conf import conf
from doorman.models import Challenge
from doorman.rules import sampling
from doorman.services import auth_event, budget, challenge_row, windows
from doorman.services.budget import Admission
from doorman.services.challenge_row import Claim


class Verdict(Enum):
    """Why a try did not succeed."""

    WRONG = "wrong"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A contact that was proved just now, by which challenge."""

    challenge: Challenge = field(repr=False)
    identifier: str = field(repr=False)


def judge(*, claim: Claim, code: str, address_hash: str) -> Proof | Verdict:
    """Lock, count, compare, note. The caller commits, whatever the verdict is.

    Raises TooManyAttempts, after which nothing is to be committed.
    """
    row = challenge_row.lock(claim)
    live = row if row is not None and challenge_row.is_open(row) else None
    guesses = windows.of_guessing(
        identifier_hash=live.identifier_hash if live else "", address_hash=address_hash
    )
    # Counted as a failure first and given back afterwards: of many tries at once, no more are
    # compared than the budget has left.
    admissions = budget.take(guesses)
    is_right = challenge_row.matches(row, code)
    if live is None:
        return _refuse(row, address_hash, admissions)
    contact = challenge_row.contact(live)
    if not is_right or contact is None:
        return _fail(live, address_hash, admissions)
    budget.give_back(guesses)
    if live.link_used_at is not None:
        _warn(live, address_hash)
    challenge_row.close(live, Challenge.Status.VERIFIED)
    return Proof(challenge=live, identifier=contact)


def refuse_link(*, address_hash: str) -> None:
    """Note that a link was no good, as a wrong code of this address; the caller commits.

    Raises TooManyAttempts.
    """
    admissions = budget.take(windows.of_guessing(identifier_hash="", address_hash=address_hash))
    _note(None, "unknown_link", address_hash, admissions)


def _warn(row: Challenge, address_hash: str) -> None:
    """One message let in two browsers: somebody else, or a program, may read the mailbox."""
    auth_event.record(
        "link_used_elsewhere",
        channel=row.channel,
        challenge_uuid=row.pk,
        identifier_hash=row.identifier_hash,
        address_hash=address_hash,
    )
    auth_event.tell(
        signals.link_used_elsewhere,
        challenge_uuid=row.pk,
        identifier_hash=row.identifier_hash,
    )


def _refuse(row: Challenge | None, address_hash: str, admissions: list[Admission]) -> Verdict:
    """Nothing there, or nothing open: only the address is charged."""
    if row is not None and row.status == Challenge.Status.OPEN:
        challenge_row.close(row, Challenge.Status.EXPIRED)
    _note(row, "unknown" if row is None else row.status, address_hash, admissions)
    if row is None or row.status == Challenge.Status.VERIFIED:
        return Verdict.WRONG
    return Verdict.CLOSED


def _fail(row: Challenge, address_hash: str, admissions: list[Admission]) -> Verdict:
    row.attempts += 1
    if row.attempts >= conf.CODE_ATTEMPTS:
        challenge_row.close(row, Challenge.Status.ATTEMPTS_EXHAUSTED)
    else:
        row.save(update_fields=["attempts"])
    _note(row, "wrong_code", address_hash, admissions)
    auth_event.tell(
        signals.otp_failed,
        challenge_uuid=row.pk,
        identifier_hash=row.identifier_hash,
        attempts=row.attempts,
    )
    return Verdict.WRONG


def _note(
    row: Challenge | None, reason: str, address_hash: str, admissions: list[Admission]
) -> None:
    count = max(each.hits for each in admissions)
    if sampling.worth_recording(count):
        auth_event.record(
            "otp_failed",
            channel=row.channel if row else "",
            reason=reason,
            challenge_uuid=row.pk if row else None,
            identifier_hash=row.identifier_hash if row else "",
            address_hash=address_hash,
            repeat=count,
        )
    for spent in (each for each in admissions if each.is_last):
        _note_spent(row, spent, address_hash)


def _note_spent(row: Challenge | None, spent: Admission, address_hash: str) -> None:
    """Told once a window, by the failure that spends it."""
    whose = row.identifier_hash if row and spent.window.kind == "identifier" else ""
    auth_event.record(
        "otp_locked",
        reason=spent.window.scope,
        identifier_hash=whose,
        address_hash=address_hash,
        repeat=spent.hits,
    )
    auth_event.tell(signals.otp_locked, identifier_hash=whose, scope=spent.window.scope)
