"""The contacts of one locked customer, changed together and written once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from guestman import signals
from guestman.models import ContactPoint, ContactVerification, Customer
from guestman.rules.contacts import ContactForm
from guestman.rules.searching import search_text
from guestman.services import provenance
from guestman.services.journal import Changes, Journal

#: The kinds whose primary contact is copied to a column of the customer.
COPIED = {"phone": "phone", "email": "email"}

_WATCHED = (
    "kind",
    "evidence",
    "is_primary",
    "is_shared",
    "verification_method",
    "verified_at",
    "last_seen_at",
    "released_at",
)


def searched(customer: Customer, match_keys: Iterable[str]) -> str:
    """What ``search`` finds this customer by."""
    return search_text(
        names=(f"{customer.first_name} {customer.last_name}",),
        code=customer.code,
        document=customer.document,
        contacts=match_keys,
    )


def new_contact(
    customer: Customer,
    form: ContactForm,
    *,
    journal: Journal,
    evidence: str,
    source: str = "",
    is_primary: bool = False,
    is_shared: bool = False,
) -> ContactPoint:
    """An unverified contact that is not stored yet."""
    contact = ContactPoint(
        customer=customer,
        kind=form.kind,
        family=form.family,
        value=form.value,
        canonical=form.canonical,
        match_key=form.match_key,
        variant_key=form.variant_key,
        evidence=evidence,
        source=source,
        is_primary=is_primary,
        is_shared=is_shared,
        came_by=provenance.of(customer),
        created_at=journal.at,
    )
    contact.organization = customer.organization
    return contact


def set_verified(contact: ContactPoint, method: str, journal: Journal) -> None:
    """Note on the row that it was proved now."""
    contact.evidence = ContactPoint.Evidence.VERIFIED
    contact.verification_method = method
    contact.verified_at = contact.verified_at or journal.at
    contact.last_seen_at = journal.at


class ContactBook:
    """Holds the live contacts of a customer whose row the caller has locked.

    Changes are made in memory; ``write`` stores them in an order no constraint objects to, with the
    customer's copies, version and search text, and puts what happened into the journal.
    """

    def __init__(
        self, customer: Customer, journal: Journal, contacts: Iterable[ContactPoint] | None = None
    ) -> None:
        self.customer = customer
        self.journal = journal
        if contacts is None:
            contacts = ContactPoint.objects.live().filter(customer=customer)
        self.contacts = sorted(contacts, key=lambda each: (each.created_at, each.pk))
        for contact in self.contacts:
            contact.customer = customer
        self._before = {each.pk: _watched(each) for each in self.contacts}
        self._removed: list[ContactPoint] = []

    @property
    def live(self) -> list[ContactPoint]:
        """The contacts that are not released, oldest first."""
        return [each for each in self.contacts if each.released_at is None]

    def holding(self, form: ContactForm) -> ContactPoint | None:
        """The customer's own contact with this key."""
        return next(
            (
                each
                for each in self.live
                if (each.family, each.match_key) == (form.family, form.match_key)
            ),
            None,
        )

    def primary(self, kind: str) -> ContactPoint | None:
        """The primary contact of a kind."""
        return next((each for each in self.live if each.kind == kind and each.is_primary), None)

    def add(
        self, form: ContactForm, *, evidence: str, source: str = "", is_shared: bool = False
    ) -> ContactPoint:
        """Add a contact; the first of its kind becomes primary."""
        contact = new_contact(
            self.customer,
            form,
            journal=self.journal,
            evidence=evidence,
            source=source,
            is_shared=is_shared,
            is_primary=self.primary(form.kind) is None,
        )
        self.contacts.append(contact)
        return contact

    def verify(
        self, contact: ContactPoint, *, method: str, reference: str = "", source: str = ""
    ) -> None:
        """Note that the customer proved to have a contact."""
        set_verified(contact, method, self.journal)
        self.journal.history(
            contact,
            ContactVerification.Change.VERIFIED,
            reference=reference,
            source=source or contact.source,
        )
        self.journal.tell(
            signals.contact_point_verified,
            self.customer,
            {"contact_point_uuid": contact.pk, "kind": contact.kind, "method": method},
        )

    def promote(self, contact: ContactPoint) -> None:
        """Make a contact the primary one of its kind."""
        current = self.primary(contact.kind)
        if current is not None:
            current.is_primary = False
        contact.is_primary = True

    def release(self, contact: ContactPoint, *, reason: str) -> None:
        """Keep a contact as history only; the best remaining one of its kind becomes primary."""
        contact.released_at = self.journal.at
        was_primary, contact.is_primary = contact.is_primary, False
        superseded = reason == "superseded"
        change = ContactVerification.Change
        self.journal.history(contact, change.SUPERSEDED if superseded else change.RELEASED)
        self.journal.tell(
            signals.contact_point_released,
            self.customer,
            {"contact_point_uuid": contact.pk, "kind": contact.kind, "reason": reason},
        )
        if was_primary:
            self._elect(contact.kind)

    def remove(self, contact: ContactPoint) -> None:
        """Delete a contact that has no history."""
        self.contacts.remove(contact)
        self._removed.append(contact)
        if contact.is_primary:
            self._elect(contact.kind)

    def write(self, action: str, *, reason: str = "") -> None:
        """Store the changes. The journal is written by the caller."""
        before, after = self._store()
        if not after:
            return
        changes = self._refresh_customer()
        self.journal.audit(
            self.customer,
            action,
            before={**{name: each["old"] for name, each in changes.items()}, **before},
            after={**{name: each["new"] for name, each in changes.items()}, **after},
            reason=reason,
        )
        self.journal.customer_updated(self.customer, changes)

    def elect(self, kinds: Iterable[str]) -> list[ContactPoint]:
        """Give those of the kinds that lost it a primary contact; returns the new ones, unsaved."""
        lost = (kind for kind in sorted(kinds) if self.primary(kind) is None)
        return [best for kind in lost if (best := self._elect(kind))]

    def _elect(self, kind: str) -> ContactPoint | None:
        candidates = [each for each in self.live if each.kind == kind]
        if not candidates:
            return None
        best = min(candidates, key=lambda each: (each.is_shared, not each.is_verified))
        best.is_primary = True
        return best

    def _store(self) -> tuple[dict[str, Any], dict[str, Any]]:
        before: dict[str, Any] = {}
        after: dict[str, Any] = {}
        for contact in self._removed:
            before[str(contact.pk)] = {"kind": contact.kind, "value": contact.value}
            after[str(contact.pk)] = None
            self.journal.observe(contact, "removed")
            contact.delete()
        # What loses a mark is stored before what gains it.
        for contact in sorted(self.contacts, key=lambda each: each.is_primary):
            if contact._state.adding:
                contact.save(force_insert=True)
                after[str(contact.pk)] = _described(contact)
                self.journal.observe(contact, "verified" if contact.is_verified else "added")
                continue
            old, new = self._before[contact.pk], _watched(contact)
            changed = [name for name in _WATCHED if old[name] != new[name]]
            if changed:
                contact.save(update_fields=changed)
                self._observe(contact, changed)
            # Having been seen again is no change of the customer.
            if changed and changed != ["last_seen_at"]:
                before[str(contact.pk)] = {name: old[name] for name in changed}
                after[str(contact.pk)] = {name: new[name] for name in changed}
        return (
            {"contact_points": before} if before else {},
            {"contact_points": after} if after else {},
        )

    def _observe(self, contact: ContactPoint, changed: list[str]) -> None:
        if "released_at" in changed:
            self.journal.observe(contact, "released")
        else:
            self.journal.observe(contact, "verified" if "evidence" in changed else "changed")

    def _refresh_customer(self) -> Changes:
        customer = self.customer
        changes: dict[str, dict[str, Any]] = {}
        for kind, column in COPIED.items():
            primary = self.primary(kind)
            old, new = getattr(customer, column), primary.match_key if primary else ""
            if old != new:
                changes[column] = {"old": old, "new": new}
                setattr(customer, column, new)
        customer.search_text = searched(customer, (each.match_key for each in self.live))
        customer.version += 1
        customer.updated_at = self.journal.at
        customer.save(update_fields=[*changes, "search_text", "version", "updated_at"])
        if changes:
            self.journal.observe_customer(customer, changes)
        return changes


def _watched(contact: ContactPoint) -> dict[str, Any]:
    return {name: getattr(contact, name) for name in _WATCHED}


def _described(contact: ContactPoint) -> Mapping[str, Any]:
    return {
        "kind": contact.kind,
        "value": contact.match_key,
        "evidence": contact.evidence,
        "source": contact.source,
        "is_primary": contact.is_primary,
        "is_shared": contact.is_shared,
        "verification_method": contact.verification_method,
    }
