"""From a proved contact to a session. The resolver is asked here and nowhere earlier."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from doorman import signals
from doorman.errors import LoginNotAllowed, NoAccount, ResolverUnavailable
from doorman.models import Access, Challenge
from doorman.protocols.customer import ContactKind, DoormanCustomerInfo, Method
from doorman.rules import device
from doorman.services import auth_event, challenge, link, neighbours, session, ticket
from doorman.services import token as tokens
from doorman.services.challenge_row import Claim
from doorman.services.token import Grant, Pair
from shopman.contact import variant_key

#: How a channel's proof is called by the port.
METHODS: dict[str, Method] = {"sms": "otp_sms", "whatsapp": "otp_whatsapp", "email": "email_link"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A contact somebody proved, by a code, a ticket or a link."""

    challenge_uuid: UUID
    channel: str
    identifier: str = field(repr=False)
    identifier_hash: str
    next_path: str

    @classmethod
    def by(cls, row: Challenge, identifier: str) -> Proven:
        """What answering a challenge proves."""
        return cls(
            challenge_uuid=row.pk,
            channel=row.channel,
            identifier=identifier,
            identifier_hash=row.identifier_hash,
            next_path=row.next_path,
        )

    @property
    def kind(self) -> ContactKind:
        return "email" if self.channel == "email" else "phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Somebody is in. ``secret`` goes into the session cookie and nowhere else.

    An app that asked for tokens has ``tokens`` and no secret.
    """

    customer: DoormanCustomerInfo = field(repr=False)
    created: bool
    access: Access
    secret: str = field(default="", repr=False)
    tokens: Pair | None = None
    next_path: str

    @property
    def amr(self) -> list[str]:
        return self.access.amr.split()

    @property
    def auth_time(self) -> dt.datetime:
        return self.access.auth_time


def verify(
    *,
    claim: Claim,
    code: str,
    address: str,
    user_agent: str,
    old_secret: str = "",
    grant: Grant | None = None,
) -> Login:
    """Try a code and sign its owner in. The session of ``old_secret`` ends with that.

    With a ``grant`` by tokens, otherwise by a session.

    Raises what ``challenge.verify`` raises, then NoAccount (an e-mail nobody has), LoginNotAllowed
    (inactive), ResolverUnavailable with a ticket that makes a further code unnecessary.
    """
    proof = challenge.verify(claim=claim, code=code, address=address)
    row = proof.challenge
    proven = Proven.by(row, proof.identifier)
    try:
        customer, created = _resolve(proven)
    except ResolverUnavailable as error:
        raise error.with_ticket(
            ticket.issue(challenge=row, identifier=proof.identifier)
        ) from error.__cause__
    with transaction.atomic():
        session.supersede(secret=old_secret)
        return _enter(proven, customer, created, user_agent, grant)


def redeem(
    *, claim: Claim, user_agent: str, old_secret: str = "", grant: Grant | None = None
) -> Login:
    """Finish with a ticket what ``verify`` could not.

    The ticket stays good while the resolver is down. Raises CodeInvalid for one that is unknown,
    used or over, and what ``verify`` raises after the code.
    """
    row, identifier = ticket.find(claim=claim)
    proven = Proven(
        challenge_uuid=row.challenge_uuid,
        channel=row.channel,
        identifier=identifier,
        identifier_hash=row.identifier_hash,
        next_path=row.next_path,
    )
    customer, created = _resolve(proven)
    with transaction.atomic():
        ticket.use(ticket_uuid=row.pk)
        session.supersede(secret=old_secret)
        return _enter(proven, customer, created, user_agent, grant)


def follow(
    *,
    token: str,
    flow: str,
    address: str,
    user_agent: str,
    old_secret: str = "",
    grant: Grant | None = None,
) -> Login:
    """Sign in by a link, here; ``flow`` is the flow cookie of this browser.

    The link is used up together with the login, so it stays good while the resolver is down.
    Raises LinkClosed, TooManyAttempts, BudgetUnavailable, and what ``verify`` raises after the
    code.
    """
    shown = link.show(token=token, address=address)
    row = shown.challenge
    proven = Proven.by(row, shown.identifier)
    customer, created = _resolve(proven)
    with transaction.atomic():
        link.use(challenge_uuid=row.pk, flow=flow)
        session.supersede(secret=old_secret)
        return _enter(proven, customer, created, user_agent, grant)


def _resolve(proven: Proven) -> tuple[DoormanCustomerInfo, bool]:
    """The owner of the contact, made if it is a new phone number."""
    found = _known(proven)
    customer = found or _made(proven)
    if not customer.is_active:
        _deny(proven, customer, "inactive")
        raise LoginNotAllowed
    if not _is_same_contact(proven, customer):
        _deny(proven, customer, "contact_mismatch")
        raise LoginNotAllowed
    if found is not None:
        neighbours.ask(
            lambda customers: customers.mark_verified(
                customer.uuid,
                kind=proven.kind,
                value=proven.identifier,
                method=METHODS[proven.channel],
            )
        )
    return customer, found is None


def _known(proven: Proven) -> DoormanCustomerInfo | None:
    if proven.kind == "email":
        return _told(neighbours.ask(lambda customers: customers.get_by_email(proven.identifier)))
    return _told(neighbours.ask(lambda customers: customers.get_by_phone(proven.identifier)))


def _made(proven: Proven) -> DoormanCustomerInfo:
    if proven.kind == "email":
        _deny(proven, None, "no_account")
        raise NoAccount
    method = METHODS[proven.channel]
    made = neighbours.ask(
        lambda customers: customers.create_for_phone(proven.identifier, method=method)
    )
    if _told(made) is None:
        raise ResolverUnavailable
    return made


def _told(answer: object) -> DoormanCustomerInfo | None:
    """A resolver that answers something else than its port says has not answered."""
    if answer is not None and not isinstance(answer, DoormanCustomerInfo):
        raise ResolverUnavailable
    return answer


def _is_same_contact(proven: Proven, customer: DoormanCustomerInfo) -> bool:
    """Byte for byte: a database may find ``admin@`` when asked for ``ádmin@``.

    Spellings of one handset count as the same, because proving either one is holding it.
    """
    if proven.kind == "email":
        return customer.email.encode() == proven.identifier.encode()
    return variant_key(customer.phone).encode() == variant_key(proven.identifier).encode()


def _deny(proven: Proven, customer: DoormanCustomerInfo | None, reason: str) -> None:
    customer_uuid = customer.uuid if customer else None
    with transaction.atomic():
        auth_event.record(
            "login_denied",
            channel=proven.channel,
            reason=reason,
            challenge_uuid=proven.challenge_uuid,
            customer_uuid=customer_uuid,
            identifier_hash=proven.identifier_hash,
        )
        auth_event.tell(
            signals.login_denied,
            challenge_uuid=proven.challenge_uuid,
            identifier_hash=proven.identifier_hash,
            customer_uuid=customer_uuid,
            reason=reason,
        )


def _enter(
    proven: Proven,
    customer: DoormanCustomerInfo,
    created: bool,
    user_agent: str,
    grant: Grant | None,
) -> Login:
    entered = _let_in(proven, customer, created, device.label(user_agent), grant)
    auth_event.record(
        "login_succeeded",
        channel=proven.channel,
        reason="created" if created else "",
        challenge_uuid=proven.challenge_uuid,
        customer_uuid=customer.uuid,
        session_uuid=entered.access.pk,
        identifier_hash=proven.identifier_hash,
    )
    auth_event.tell(
        signals.login_succeeded,
        customer_uuid=customer.uuid,
        session_uuid=entered.access.pk,
        method=METHODS[proven.channel],
        created=created,
    )
    return entered


def _let_in(
    proven: Proven,
    customer: DoormanCustomerInfo,
    created: bool,
    device_label: str,
    grant: Grant | None,
) -> Login:
    method = METHODS[proven.channel]
    if grant is not None:
        pair = tokens.open(
            customer_uuid=customer.uuid, amr=method, device=device_label, grant=grant
        )
        return Login(
            customer=customer,
            created=created,
            access=pair.family,
            tokens=pair,
            next_path=proven.next_path,
        )
    opened = session.open(customer_uuid=customer.uuid, amr=method, device=device_label)
    return Login(
        customer=customer,
        created=created,
        access=opened.session,
        secret=opened.secret,
        next_path=proven.next_path,
    )
