"""Tokens of apps: granted at a login, exchanged, recognised, revoked.

Each exchange of a refresh token makes the next generation of pairs. An older one that comes back is
in two hands, so the family ends. The immediate parent is forgiven for some seconds: of callers who
exchange it at once each gets a pair of the one next generation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from doorman import signals
from doorman.conf import conf
from doorman.errors import GrantInvalid, TokenInvalid, TokenReuseDetected
from doorman.models import Token, TokenFamily
from doorman.protocols.customer import DoormanCustomerInfo
from doorman.rules import keyring, tokens
from doorman.rules.principal import SignedIn
from doorman.services import access, auth_event, neighbours
from shopman import clock
from shopman.models import sole


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What tokens are asked for."""

    scopes: tuple[str, ...]
    audience: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A new pair, which is nowhere else."""

    family: TokenFamily
    access: str = field(repr=False)
    refresh: str = field(repr=False)

    @property
    def expires_in(self) -> int:
        """Seconds the access token is good for."""
        return conf.ACCESS_TOKEN_MINUTES * 60


def grant(*, scopes: Sequence[str] = (), audience: str = "") -> Grant:
    """What is asked for, or all scopes and the first audience. Raises GrantInvalid."""
    known, audiences = tuple(conf.TOKEN_SCOPES), tuple(conf.TOKEN_AUDIENCES)
    wanted = Grant(
        scopes=tuple(each for each in known if not scopes or each in scopes),
        audience=audience or audiences[0],
    )
    if set(scopes) - set(known) or wanted.audience not in audiences:
        raise GrantInvalid
    return wanted


def open(*, customer_uuid: UUID, amr: str, device: str, grant: Grant) -> Pair:  # noqa: A001
    """Begin a family, in the caller's transaction; the longest unused ones make room."""
    now = clock.now()
    family = TokenFamily(
        customer_uuid=customer_uuid,
        created_at=now,
        auth_time=now,
        last_seen_at=now,
        amr=amr,
        device=device,
        scopes=" ".join(grant.scopes),
        audience=grant.audience,
        expires_at=now + dt.timedelta(days=conf.TOKEN_FAMILY_DAYS),
    )
    family.save(force_insert=True)
    access.make_room(TokenFamily.objects.of(customer_uuid).filter(ended_at__isnull=True))
    return _issue(family)


def identify(*, secret: str) -> SignedIn:
    """Who calls with an access token: one query, then one question to the resolver.

    Raises TokenInvalid, also for refresh tokens, tokens of another audience and customers who are
    inactive, gone or merged into another one, whose family ends; ResolverUnavailable.
    """
    if tokens.kind_of(secret) != "access":
        raise TokenInvalid
    rows = Token.objects.select_related("family")
    row = sole(rows.filter(access_hash=keyring.digest(secret)))
    if row is None or clock.now() >= row.access_expires_at or not row.family.is_running:
        raise TokenInvalid
    family = row.family
    if family.audience != conf.AUDIENCE:
        raise TokenInvalid
    owner = _owner(family)
    return access.signed_in(owner, family, scopes=frozenset(family.scopes.split()))


def refresh(*, secret: str) -> Pair:
    """The next pair of a family. Nothing is used up while the resolver is down.

    Raises TokenInvalid, TokenReuseDetected (the family has ended with it), ResolverUnavailable.
    """
    row = _of_refresh(secret)
    if row is None or not row.family.is_running:
        raise TokenInvalid
    _owner(row.family)
    with transaction.atomic(durable=True):
        family = TokenFamily.objects.select_for_update(of=("self",)).get(pk=row.family_id)
        if not family.is_running:
            raise TokenInvalid
        pair = _exchange(family, row.generation)
    if pair is None:
        raise TokenReuseDetected
    return pair


def revoke(*, secret: str) -> None:
    """End the family of either token; unknown ones are no failure (RFC 7009)."""
    kind = tokens.kind_of(secret)
    found = None
    if kind is not None:
        rows = Token.objects.filter(**{f"{kind}_hash": keyring.digest(secret)})
        found = rows.order_by().values_list("family_id", flat=True).first()
    if found is not None:
        access.close(uuid=found, reason="signed_out")


def _of_refresh(secret: str) -> Token | None:
    if tokens.kind_of(secret) != "refresh":
        return None
    rows = Token.objects.select_related("family")
    return sole(rows.filter(refresh_hash=keyring.digest(secret)))


def _owner(family: TokenFamily) -> DoormanCustomerInfo:
    owner = neighbours.ask(lambda customers: customers.get_by_uuid(family.customer_uuid))
    if owner is None or not owner.is_active or owner.uuid != family.customer_uuid:
        access.close(uuid=family.pk, reason=access.CLOSED_ACCOUNT)
        raise TokenInvalid
    return owner


def _exchange(family: TokenFamily, generation: int) -> Pair | None:
    """A pair for whoever shows one of this generation; None, and the family's end, for reuse."""
    now = clock.now()
    grace = dt.timedelta(seconds=conf.REFRESH_TOKEN_GRACE_SECONDS)
    if generation == family.generation:
        family.generation += 1
        family.last_seen_at = now
        family.save(update_fields=["generation", "last_seen_at"])
    elif generation < family.generation - 1 or now >= family.last_seen_at + grace:
        _note_reuse(family)
        return None
    return _issue(family)


def _note_reuse(family: TokenFamily) -> None:
    access.end([family], reason="token_reuse")
    auth_event.record(
        "token_reuse_detected", customer_uuid=family.customer_uuid, session_uuid=family.pk
    )
    auth_event.tell(
        signals.token_reuse_detected,
        customer_uuid=family.customer_uuid,
        session_uuid=family.pk,
    )


def _issue(family: TokenFamily) -> Pair:
    now = clock.now()
    pair = Pair(family=family, access=tokens.draw("access"), refresh=tokens.draw("refresh"))
    Token(
        family=family,
        generation=family.generation,
        access_hash=keyring.digest(pair.access),
        access_expires_at=now + dt.timedelta(minutes=conf.ACCESS_TOKEN_MINUTES),
        refresh_hash=keyring.digest(pair.refresh),
        created_at=now,
    ).save(force_insert=True)
    return pair
