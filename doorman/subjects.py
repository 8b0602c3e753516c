"""What doorman keeps about a person: by uuid, and by keyed hashes of contacts."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from doorman.models import (
    AuthEvent,
    Challenge,
    CustomerSession,
    ProofTicket,
    RateCounter,
    TokenFamily,
)
from doorman.services import access, identifier
from shopman import permits, subjects
from shopman.models import AuditEntry
from shopman.person import Person
from shopman.personal import Erasing, Expiry, Personal, Text, delete, keep
from shopman.subjects import Subject

#: Marco Civil da Internet: records of access to an application are kept for six months.
_LOG_DAYS = 183
_LOG_GROUND = "Lei 12.965/2014 (Marco Civil da Internet), art. 15"
_MORE: dict[type[Any], tuple[str, ...]] = {Challenge: ("salt", "code_mac", "device")}


def connect() -> None:
    """Register; called when the app is ready. Nothing goes over: a session ends in a merge."""
    subjects.register(
        Subject(
            key="doorman.access",
            models=(CustomerSession, TokenFamily, AuthEvent),
            personal=(
                _codes(Challenge, _("Sign-in codes")),
                _codes(ProofTicket, _("First sign-ins under way")),
                _ways_in(CustomerSession, "doorman.sessions", _("Sessions")),
                _ways_in(TokenFamily, "doorman.apps", _("Apps signed in")),
                _log(),
            ),
            impersonal={RateCounter: "Keyed hashes that nobody can turn back, gone in a day."},
        )
    )


def _codes(model: type[Challenge | ProofTicket], title: Text) -> Personal:
    def rows(person: Person) -> QuerySet[Any]:
        hashes = identifier.hashes(phones=person.phones, emails=person.emails)
        found: QuerySet[Any] = model.objects.filter(identifier_hash__in=hashes)
        return found

    return Personal(
        key=f"doorman.{model._meta.model_name}",
        kept="Minutes: until used or expired.",
        title=title,
        model=model,
        is_steady=False,
        columns=("identifier_hash", "sealed_identifier", "next_path", *_MORE.get(model, ())),
        rows=rows,
        erase=delete,
        fate=_("Deleted."),
        is_deleted=True,
    )


def _ways_in(model: type[CustomerSession | TokenFamily], key: str, title: Text) -> Personal:
    return Personal(
        key=key,
        kept="Until they end or expire, and DOORMAN keeps no more of them.",
        title=title,
        model=model,
        is_steady=False,
        columns=("customer_uuid", "device"),
        rows=lambda person: model.objects.filter(customer_uuid__in=person.keys),
        told=("device", "amr", "created_at", "last_seen_at", "expires_at", "ended_at"),
        erase=_end_sessions,
        fate=_("The customer is signed out everywhere, and the sessions are deleted."),
        is_deleted=True,
    )


def _end_sessions(rows: QuerySet[Any], erasing: Erasing) -> int:
    owners: set[UUID] = set(rows.order_by().values_list("customer_uuid", flat=True))
    for key in sorted(owners):
        access.end_all(customer_uuid=key, reason="customer_erased")
    return delete(rows, erasing)


def _log() -> Personal:
    return Personal(
        key="doorman.log",
        title=_("Log of sign-ins"),
        model=AuthEvent,
        is_steady=False,
        columns=("customer_uuid", "identifier_hash", "address_hash"),
        rows=lambda person: AuthEvent.objects.filter(customer_uuid__in=person.keys),
        told=("name", "at", "channel", "reason"),
        erase=keep,
        fate=_("Keys and keyed hashes stay for six months, as the law on access logs demands."),
        expiry=Expiry(days=_LOG_DAYS, ground=_LOG_GROUND, older=_before, erase=_remove),
    )


def _before(before: dt.datetime) -> QuerySet[AuthEvent]:
    rows: QuerySet[AuthEvent] = AuthEvent.objects.filter(at__lt=before)
    return rows


def _remove(rows: QuerySet[AuthEvent], entry: AuditEntry) -> int:
    return permits.remove(rows, entry=entry)
