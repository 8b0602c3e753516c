"""Sessions of customers in browsers: opened, recognised, rotated."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass, field
from uuid import UUID

from django.db import OperationalError

from doorman.conf import conf
from doorman.models import CustomerSession
from doorman.rules import keyring
from doorman.rules.principal import Anonymous, Customer
from doorman.services import access, neighbours
from doorman.services.access import CLOSED_ACCOUNT
from shopman import clock
from shopman.models import sole

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A new session and the secret for its cookie, which is nowhere else."""

    session: CustomerSession
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Whom a session secret belongs to.

    ``fresh_secret``: the cookie must be replaced by it. A secret that lets nobody in gives an
    anonymous visit.
    """

    customer: Customer
    fresh_secret: str = field(default="", repr=False)


def open(  # noqa: A001  # it reads session.open(...)
    *, customer_uuid: UUID, amr: str, device: str = ""
) -> Opened:
    """Sign a customer in, in the caller's transaction; the longest unused sessions make room."""
    secret, now = keyring.fresh_secret(), clock.now()
    session = CustomerSession(
        customer_uuid=customer_uuid,
        secret_hash=keyring.digest(secret),
        rotated_at=now,
        confirmed_at=now,
        created_at=now,
        auth_time=now,
        last_seen_at=now,
        amr=amr,
        device=device,
        expires_at=now + dt.timedelta(days=conf.SESSION_ABSOLUTE_DAYS),
    )
    session.save(force_insert=True)
    open_ones = CustomerSession.objects.of(customer_uuid).filter(ended_at__isnull=True)
    access.make_room(open_ones)
    return Opened(session=session, secret=secret)


def identify(*, secret: str) -> Visit:
    """Who is there: one query, then one question to the resolver.

    Closes the session of a customer who is inactive, gone or merged into another. Raises
    ResolverUnavailable when nobody can say.
    """
    row = sole(CustomerSession.objects.with_secret(keyring.digest(secret)))
    session = _living(row, secret)
    if session is None:
        refused = row is not None and row.end_reason == CLOSED_ACCOUNT
        return Visit(customer=Anonymous(refused=refused))
    owner = neighbours.ask(lambda customers: customers.get_by_uuid(session.customer_uuid))
    if owner is None or not owner.is_active or owner.uuid != session.customer_uuid:
        access.close(uuid=session.pk, reason=CLOSED_ACCOUNT)
        return Visit(customer=Anonymous(refused=owner is not None and not owner.is_active))
    return Visit(
        customer=access.signed_in(owner, session),
        fresh_secret=_keep_up(session, secret),
    )


def supersede(*, secret: str) -> None:
    """End the session a browser comes with before it gets a new one.

    In the caller's transaction.
    """
    if secret:
        rows = CustomerSession.objects.with_secret(keyring.digest(secret))
        access.end(rows.filter(ended_at__isnull=True), reason="superseded")


def _living(row: CustomerSession | None, secret: str) -> CustomerSession | None:
    """The session, if this secret opens it at this moment."""
    digest = keyring.digest(secret)
    if row is None or not row.is_running:
        return None
    if row.secret_hash != digest and not _is_previous_good(row, clock.now()):
        return None
    return row


def _is_previous_good(row: CustomerSession, now: dt.datetime) -> bool:
    """The old secret works until a while after the client showed that it has the new one."""
    if row.confirmed_at is None:
        return True
    return now < row.confirmed_at + dt.timedelta(seconds=conf.SESSION_ROTATION_GRACE_SECONDS)


def _keep_up(session: CustomerSession, secret: str) -> str:
    """Note the visit and rotate when it is time; returns the new secret, mostly empty.

    A visit that cannot be noted is a visit all the same.
    """
    try:
        return _rotate_or_touch(session, keyring.digest(secret))
    except OperationalError as error:
        logger.warning("A visit could not be noted: %s", type(error).__qualname__)
        return ""


def _rotate_or_touch(session: CustomerSession, shown: str) -> str:
    now = clock.now()
    grace = dt.timedelta(seconds=conf.SESSION_ROTATION_GRACE_SECONDS)
    if shown != session.secret_hash:
        # Requests that were under way when the secret changed go on with the old one. Much later,
        # the client never got the new one: it gets another.
        if session.confirmed_at is None and now >= session.rotated_at + grace:
            return _rotate(session, shown, now)
        return ""
    if session.confirmed_at is None:
        _change(session, shown, confirmed_at=now, last_seen_at=now)
    elif now >= session.rotated_at + dt.timedelta(hours=conf.SESSION_ROTATION_HOURS):
        return _rotate(session, shown, now)
    elif now >= session.last_seen_at + dt.timedelta(seconds=conf.SESSION_TOUCH_SECONDS):
        _change(session, shown, last_seen_at=now)
    return ""


def _rotate(session: CustomerSession, shown: str, now: dt.datetime) -> str:
    secret = keyring.fresh_secret()
    changed = _change(
        session,
        session.secret_hash,
        secret_hash=keyring.digest(secret),
        previous_hash=shown,
        rotated_at=now,
        confirmed_at=None,
        last_seen_at=now,
    )
    return secret if changed else ""


def _change(session: CustomerSession, expected_hash: str, **values: object) -> bool:
    """One compare-and-set: of parallel requests one wins, the others leave it alone."""
    rows = CustomerSession.objects.filter(
        pk=session.pk, secret_hash=expected_hash, ended_at__isnull=True
    )
    return bool(rows.update(**values))
