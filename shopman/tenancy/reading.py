"""Which contacts a request's member of staff reads, and revealing those of one customer."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.http import HttpRequest

from shopman import audit, clock
from shopman.conf import conf
from shopman.errors import Denied
from shopman.masking import Reader
from shopman.tenancy import staff
from shopman.tenancy.rights import Right

#: Session key: customer to the moment until which the contacts stay readable.
REVEALED = "shopman_revealed"
#: Customers revealed at once, at most; the oldest is hidden again.
MOST_REVEALED = 50

_READER = "_shopman_reader"


class RevealNotAllowed(Denied):
    """Your role may not reveal contacts."""

    code = "reveal_not_allowed"


def of_request(request: HttpRequest) -> Reader:
    """Who reads the answer to a request, found once for it."""
    found: Reader | None = getattr(request, _READER, None)
    if found is None:
        found = _reader(request)
        setattr(request, _READER, found)
    return found


def revealed_until(request: HttpRequest, customer: UUID) -> dt.datetime | None:
    """Until when this session sees a customer's contacts by having revealed them."""
    return _revealed(request).get(customer) if staff.may(request, Right.REVEAL_CONTACTS) else None


def reveal(request: HttpRequest, *, customer: UUID, reason: str) -> dt.datetime:
    """Let this session read a customer's contacts for a while, and remember who, whom and why.

    Returns until when. Raises RevealNotAllowed.
    """
    if not staff.may(request, Right.REVEAL_CONTACTS):
        raise RevealNotAllowed
    until = clock.now() + dt.timedelta(minutes=conf.CONTACT_REVEAL_MINUTES)
    audit.record(
        subject=f"customer:{customer}",
        action="contacts.reveal",
        after={"until": until.isoformat()},
        reason=reason,
    )
    known = {**_revealed(request), customer: until}
    kept = sorted(known.items(), key=lambda each: each[1])[-MOST_REVEALED:]
    request.session[REVEALED] = {str(key): moment.isoformat() for key, moment in kept}
    request.__dict__.pop(_READER, None)
    return until


def _reader(request: HttpRequest) -> Reader:
    access = staff.access(request)
    if access is None:
        return Reader(sees_all=False)
    if access.may(Right.SEE_CONTACTS):
        return Reader(sees_all=True)
    may_reveal = access.may(Right.REVEAL_CONTACTS)
    return Reader(
        sees_all=False, revealed=frozenset(_revealed(request)) if may_reveal else frozenset()
    )


def _revealed(request: HttpRequest) -> dict[UUID, dt.datetime]:
    """What is still revealed."""
    now = clock.now()
    stored = request.session.get(REVEALED, {})
    moments = {UUID(key): dt.datetime.fromisoformat(moment) for key, moment in stored.items()}
    return {key: until for key, until in moments.items() if until > now}
