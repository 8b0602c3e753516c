"""What a service call leaves behind: audit entries, outbox events, history and signals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.dispatch import Signal

from guestman import signals
from guestman.models import ContactPoint, ContactVerification, Customer, ExternalIdentity
from guestman.services import observers
from shopman import actor, audit, outbox
from shopman.events import announce

Changes = Mapping[str, Mapping[str, Any]]

_NAMES = {signal: name for name, signal in vars(signals).items() if isinstance(signal, Signal)}


@dataclass(slots=True)
class Journal:
    """Collects during a service call; ``write()`` stores all of it in a few statements."""

    at: dt.datetime
    _audit: list[audit.Change] = field(default_factory=list)
    _outbox: list[outbox.Fact] = field(default_factory=list)
    _history: list[ContactVerification] = field(default_factory=list)
    _observed: list[observers.ContactChange] = field(default_factory=list)
    _customers: list[observers.CustomerChange] = field(default_factory=list)

    def audit(
        self,
        customer: Customer,
        action: str,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        reason: str = "",
    ) -> None:
        """Remember a change of a customer; ``after`` gets the version the change made."""
        self._audit.append(
            audit.Change(
                subject=customer.subject,
                action=action,
                before={name: plain(value) for name, value in (before or {}).items()},
                after={
                    **{name: plain(value) for name, value in (after or {}).items()},
                    "version": customer.version,
                },
                reason=reason,
            )
        )

    def audit_other(
        self, subject: str, action: str, *, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> None:
        """Remember a change of something that is not a customer's."""
        self._audit.append(
            audit.Change(
                subject=subject,
                action=action,
                before={name: plain(value) for name, value in before.items()},
                after={name: plain(value) for name, value in after.items()},
            )
        )

    def tell(
        self, signal: Signal, customer: Customer, payload: Mapping[str, Any], **facts: Any
    ) -> None:
        """Record an outbox event and send the signal after commit.

        ``payload`` is stored and must hold no contact values; ``facts`` go to receivers only.
        """
        stored = {"customer_uuid": customer.pk, **payload}
        self._outbox.append(
            outbox.Fact(
                name=f"guestman.{_NAMES[signal]}",
                subject=customer.subject,
                payload={name: plain(value) for name, value in stored.items()},
            )
        )
        announce(signal, sender=Customer, **{**stored, **facts})

    def customer_updated(self, customer: Customer, changes: Changes) -> None:
        """Tell that fields of the customer changed."""
        if not changes:
            return
        told = {
            name: {side: plain(value) for side, value in change.items()}
            for name, change in changes.items()
        }
        payload = {"changed": sorted(changes), "version": customer.version}
        self.tell(signals.customer_updated, customer, payload, changes=told)

    def observe(
        self,
        row: ContactPoint | ExternalIdentity,
        change: observers.Change,
        *,
        is_newcomers: bool = False,
    ) -> None:
        """Let the observers know of a contact or an external identity."""
        told = observers.ContactChange(row=row, change=change, is_newcomers=is_newcomers)
        self._observed.append(told)

    def observe_customer(
        self, customer: Customer, fields: Collection[str], *, is_new: bool = False
    ) -> None:
        """Let the observers know of a customer."""
        self._customers.append(
            observers.CustomerChange(row=customer, fields=frozenset(fields), is_new=is_new)
        )

    def history(
        self, contact: ContactPoint, change: str, *, reference: str = "", source: str = ""
    ) -> None:
        """Add to a contact's history of verification."""
        who = actor.current()
        self._history.append(
            ContactVerification(
                contact_point=contact,
                organization=contact.organization,
                change=change,
                method=contact.verification_method,
                actor=f"{who.kind}:{who.id}" if who.id else who.kind,
                reference=reference,
                source=source,
                at=self.at,
            )
        )

    def write(self) -> None:
        """Store everything in the running transaction; the observers come last."""
        if self._history:
            ContactVerification.objects.bulk_create(self._history)
        if self._audit:
            audit.record_many(self._audit)
        if self._outbox:
            outbox.record_many(self._outbox)
        observers.tell_customers(self._customers)
        observers.tell(self._observed)


def plain(value: Any) -> Any:
    """A value as JSON can hold it; a row as its key."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if isinstance(value, (UUID, Decimal)):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, Sequence):
        return [plain(each) for each in value]
    return value
