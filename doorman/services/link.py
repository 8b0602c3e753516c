"""Magic links: each beside a code, on the same challenge, for the browser that opens it.

A link and its code come in one message. The link signs in wherever it is opened; the code signs in
where it was asked for. Opened there, the link is the end of both. Opened elsewhere, the code stays
good: that was the telephone beside the computer, or a mail scanner that submits forms.
"""

from __future__ import annotations

import datetime as dt
import hmac
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from doorman.conf import conf
from doorman.errors import LinkClosed
from doorman.models import Challenge, Channel, Purpose
from doorman.rules import keyring, links
from doorman.services import attempt, budget, challenge_row, networks, shop
from shopman import clock
from shopman.contact import mask
from shopman.models import sole


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What a link's page tells whoever opened it, before anything is done."""

    masked: str
    asked_at: dt.datetime
    #: Browser and system in which it was asked for; empty when they said nothing.
    device: str
    #: Whether this is the browser in which it was asked for.
    is_own: bool
    next_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A link that is good, and the contact it proves."""

    challenge: Challenge = field(repr=False)
    identifier: str = field(repr=False)


def attach(row: Challenge) -> str:
    """Give an unsaved row a new link, whose address is returned; the link before it is void.

    Empty where there are none: by text message, for other purposes than a login, and in a shop
    whose address is not configured.
    """
    base = shop.base_url()
    fits = row.channel == Channel.EMAIL and row.purpose == Purpose.LOGIN
    row.link_hash, row.link_used_at = None, None
    if not (fits and base and conf.LINK_PATH):
        return ""
    token = keyring.fresh_secret()
    row.link_hash = keyring.digest(token)
    return f"{base}{conf.LINK_PATH}{token}"


def look(*, token: str, flow: str) -> Invitation:
    """What a link is for; changes nothing. ``flow``: the flow cookie. Raises LinkClosed."""
    found = _find(token)
    if found is None:
        raise LinkClosed
    row = found.challenge
    return Invitation(
        masked=mask(found.identifier),
        asked_at=row.sent_at,
        device=row.device,
        is_own=_is_own(row, flow),
        next_path=row.next_path,
    )


def show(*, token: str, address: str) -> Shown:
    """The proof a link is, not yet used up.

    Raises LinkClosed, one answer for unknown, used and expired ones, which counts as a wrong code
    of the network address; TooManyAttempts, BudgetUnavailable.
    """
    found = _find(token)
    if found is None:
        with budget.answering(), transaction.atomic(durable=True):
            attempt.refuse_link(address_hash=networks.hashed(address))
        raise LinkClosed
    return found


def use(*, challenge_uuid: UUID, flow: str) -> None:
    """Use the link up, in the caller's transaction. Raises LinkClosed when somebody did."""
    row = sole(Challenge.objects.select_for_update(of=("self",)).filter(pk=challenge_uuid))
    if row is None or not _is_good(row):
        raise LinkClosed
    row.link_used_at = clock.now()
    row.save(update_fields=["link_used_at"])
    if _is_own(row, flow):
        challenge_row.close(row, Challenge.Status.VERIFIED)


def _find(token: str) -> Shown | None:
    secret = links.normalise(token)
    row = sole(Challenge.objects.filter(link_hash=keyring.digest(secret))) if secret else None
    contact = challenge_row.contact(row) if row is not None and _is_good(row) else None
    return Shown(challenge=row, identifier=contact) if row is not None and contact else None


def _is_good(row: Challenge) -> bool:
    return challenge_row.is_open(row) and row.link_used_at is None


def _is_own(row: Challenge, flow: str) -> bool:
    """Clients that are no browsers have no flow cookie and are never known to be the same one."""
    if row.flow_hash is None:
        return False
    return hmac.compare_digest(row.flow_hash, keyring.digest(flow))
