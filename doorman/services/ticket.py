"""Tickets: a proof kept for five minutes while the resolver is down."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from doorman.conf import conf
from doorman.errors import CodeInvalid
from doorman.models import Challenge, ProofTicket
from doorman.rules import keyring
from doorman.services import seals
from doorman.services.challenge_row import Claim, by_claim
from shopman import clock


def issue(*, challenge: Challenge, identifier: str) -> str:
    """Keep a proof; returns the secret that redeems it."""
    secret, now = keyring.fresh_secret(), clock.now()
    row = ProofTicket(
        channel=challenge.channel,
        challenge_uuid=challenge.pk,
        identifier_hash=challenge.identifier_hash,
        secret_hash=keyring.digest(secret),
        flow_hash=challenge.flow_hash,
        next_path=challenge.next_path,
        created_at=now,
        expires_at=now + dt.timedelta(minutes=conf.TICKET_TTL_MINUTES),
    )
    row.sealed_identifier = seals.seal(identifier, row=row.pk)
    with transaction.atomic():
        row.save(force_insert=True)
    return secret


def find(*, claim: Claim) -> tuple[ProofTicket, str]:
    """A ticket that is still good, and the contact it proves. Raises CodeInvalid."""
    rows = ProofTicket.objects.filter(used_at__isnull=True, expires_at__gt=clock.now())
    row = by_claim(rows, claim)
    if row is None:
        raise CodeInvalid
    identifier = seals.unseal(row.sealed_identifier, row=row.pk)
    if identifier is None:
        raise CodeInvalid
    return row, identifier


def use(*, ticket_uuid: UUID) -> None:
    """Use the ticket up, in the caller's transaction. Raises CodeInvalid when somebody did."""
    used = ProofTicket.objects.filter(pk=ticket_uuid, used_at__isnull=True).update(
        used_at=clock.now(), sealed_identifier=b""
    )
    if not used:
        raise CodeInvalid
