"""What happens in the database when somebody proves to have a contact."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from guestman import signals
from guestman.conf import conf
from guestman.errors import ContactTaken, CustomerNotFound, EmailTaken, PhoneTaken
from guestman.models import ContactPoint
from guestman.rules.contacts import ContactForm
from guestman.rules.possession import unseen_days
from guestman.services import locks, suspicion
from guestman.services.contact_book import ContactBook
from guestman.services.journal import Journal
from shopman.masking import masked

_TAKEN = {"phone": PhoneTaken, "email": EmailTaken}


def form_of(contact: ContactPoint) -> ContactForm:
    """The stored form of a contact."""
    return ContactForm(
        kind=contact.kind,
        family=contact.family,
        value=contact.value,
        canonical=contact.canonical,
        match_key=contact.match_key,
        variant_key=contact.variant_key,
    )


def refuse_taken(form: ContactForm, *, customer_uuid: UUID) -> None:
    """Raises PhoneTaken, EmailTaken or ContactTaken when another customer verified the contact."""
    owners = ContactPoint.objects.owning().with_key(form.family, form.match_key)
    if owners.exclude(customer=customer_uuid).exists():
        raise _TAKEN.get(form.family, ContactTaken)


def suspect(customer: UUID, losers: Iterable[UUID], form: ContactForm) -> None:
    """Say that who lost an unproved contact may be the stored customer who proved it."""
    for loser in sorted({*losers} - {customer}):
        suspicion.suggest(
            customer,
            loser,
            reason="proved_by_another",
            evidence={"claims": {form.family: masked(form.canonical)}},
        )


class Claim:
    """A contact and everybody who holds it, locked, so that one of them can be given it.

    The caller holds ``locks.contact(form)``. A ``claimant`` who was merged is his survivor; None is
    a customer who is not stored yet. Raises CustomerNotFound.
    """

    def __init__(self, form: ContactForm, claimant: UUID | None, journal: Journal) -> None:
        self.form = form
        self.journal = journal
        customers = locks.holders(form, also=[claimant] if claimant else [])
        named = claimant
        while claimant in customers and customers[claimant].merged_into_id:
            claimant = customers[claimant].merged_into_id
        if claimant in customers and claimant != named:
            customers[claimant].named_as = named
        contacts: dict[UUID, list[ContactPoint]] = {key: [] for key in customers}
        if customers:
            for contact in ContactPoint.objects.live().filter(customer__in=customers):
                contacts[contact.customer_id].append(contact)
        self._others = {
            key: ContactBook(customer, journal, contacts[key])
            for key, customer in customers.items()
        }
        self._own = self._others.pop(claimant, None) if claimant else None
        if claimant and self._own is None:
            raise CustomerNotFound

    @property
    def book(self) -> ContactBook:
        """The claimant's contacts."""
        assert self._own is not None
        return self._own

    def prove(
        self,
        contact: ContactPoint,
        *,
        method: str,
        reference: str = "",
        action: str = "contact_point.verify",
    ) -> None:
        """Verify the claimant's contact and store all changes. Raises PhoneTaken and its like."""
        lost = [] if contact.is_shared else self.supersede()
        if contact.is_verified and contact.verification_method == method:
            self._see_again(contact)
        else:
            self.book.verify(contact, method=method, reference=reference)
        self.book.write(action)
        suspect(self.book.customer.pk, lost, self.form)

    def supersede(self) -> list[UUID]:
        """Take the contact from those who did not prove to have it; shared ones stay.

        Returns who lost it: each may be the one who proved it (``suspect``). Raises PhoneTaken,
        EmailTaken or ContactTaken when one of them proved it.
        """
        lost = []
        for book in self._others.values():
            contact = book.holding(self.form)
            if contact is None or contact.is_shared:
                continue
            if contact.is_verified:
                raise _TAKEN.get(self.form.family, ContactTaken)
            book.release(contact, reason="superseded")
            book.write("contact_point.supersede")
            lost.append(book.customer.merged_into_id or book.customer.pk)
        return lost

    def _see_again(self, contact: ContactPoint) -> None:
        now = self.journal.at
        seen_at = contact.last_seen_at or contact.verified_at
        days = unseen_days(seen_at, now, limit_days=conf.STALE_IDENTITY_DAYS)
        contact.last_seen_at = now
        if days is not None:
            payload = {"contact_point_uuid": contact.pk, "unseen_days": days}
            self.journal.tell(signals.stale_contact_proved, self.book.customer, payload)
