"""Sessions of customers: opened, recognised, rotated, closed."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db import OperationalError, transaction
from django.db.models import QuerySet

from doorman import signals
from doorman.conf import conf
from doorman.errors import SessionMissing
from doorman.models import CustomerSession
from doorman.rules import keyring
from doorman.rules.principal import Anonymous, Customer, SignedIn
from doorman.services import auth_event, neighbours
from shopman import clock
from shopman.models import sole

logger = logging.getLogger(__name__)

#: Why a session ended whose customer is not active any more.
CLOSED_ACCOUNT: Final = "customer_inactive"


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
    surplus = open_ones.values_list("pk", flat=True)[conf.SESSIONS_PER_CUSTOMER :]
    if keys := list(surplus):
        _end(CustomerSession.objects.filter(pk__in=keys).order_by("pk"), reason="too_many")
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
        close(session_uuid=session.pk, reason=CLOSED_ACCOUNT)
        return Visit(customer=Anonymous(refused=owner is not None and not owner.is_active))
    return Visit(
        customer=SignedIn(
            uuid=owner.uuid,
            code=owner.code,
            name=owner.name,
            auth_time=session.auth_time,
            session_uuid=session.pk,
            amr=tuple(session.amr.split()),
        ),
        fresh_secret=_keep_up(session, secret),
    )


def close(*, session_uuid: UUID, reason: str) -> None:
    """End one session. Ending it again changes nothing."""
    close_many(session_uuids=[session_uuid], reason=reason)


def close_many(*, session_uuids: Collection[UUID], reason: str) -> None:
    """End sessions; those that have ended already are left as they are."""
    with transaction.atomic():
        rows = CustomerSession.objects.filter(pk__in=session_uuids, ended_at__isnull=True)
        _end(rows.select_for_update().order_by("pk"), reason=reason)


def supersede(*, secret: str) -> None:
    """End the session a browser comes with before it gets a new one.

    In the caller's transaction.
    """
    if secret:
        rows = CustomerSession.objects.with_secret(keyring.digest(secret))
        _end(rows.filter(ended_at__isnull=True), reason="superseded")


def close_own(*, customer_uuid: UUID, session_uuid: UUID) -> None:
    """End one of the customer's own sessions. Raises SessionMissing for anybody else's."""
    with transaction.atomic():
        row = _open_of(customer_uuid).filter(pk=session_uuid).first()
        if row is None:
            raise SessionMissing
        _end([row], reason="ended_by_customer")


def close_others(*, customer_uuid: UUID, but: UUID) -> int:
    """End the customer's sessions except one; returns how many there were."""
    with transaction.atomic():
        rows = list(_open_of(customer_uuid).exclude(pk=but))
        _end(rows, reason="ended_by_customer")
    return len(rows)


def end_all(*, customer_uuid: UUID, reason: str) -> int:
    """End every session of a customer; returns how many there were. May be called again."""
    with transaction.atomic():
        rows = list(_open_of(customer_uuid))
        _end(rows, reason=reason)
    return len(rows)


def _open_of(customer_uuid: UUID) -> QuerySet[CustomerSession]:
    return (
        CustomerSession.objects.filter(customer_uuid=customer_uuid, ended_at__isnull=True)
        .select_for_update()
        .order_by("pk")
    )


def _end(rows: Iterable[CustomerSession], *, reason: str) -> None:
    now = clock.now()
    for row in rows:
        row.ended_at, row.end_reason = now, reason
        row.save(update_fields=["ended_at", "end_reason"])
        auth_event.record(
            "session_revoked",
            reason=reason,
            customer_uuid=row.customer_uuid,
            session_uuid=row.pk,
        )
        auth_event.tell(
            signals.session_revoked,
            customer_uuid=row.customer_uuid,
            session_uuid=row.pk,
            reason=reason,
        )


def _living(row: CustomerSession | None, secret: str) -> CustomerSession | None:
    """The session, if this secret opens it at this moment."""
    digest = keyring.digest(secret)
    if row is None or row.ended_at is not None:
        return None
    now = clock.now()
    if now >= row.expires_at or now >= row.last_seen_at + dt.timedelta(days=conf.SESSION_IDLE_DAYS):
        return None
    if row.secret_hash != digest and not _is_previous_good(row, now):
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
