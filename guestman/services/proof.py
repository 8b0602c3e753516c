"""Whose a number is that somebody just proved to have."""

from __future__ import annotations

from uuid import UUID

from guestman.conf import conf
from guestman.models import ContactPoint, Customer
from guestman.protocols.identity import IdentityResolver
from guestman.rules.contacts import contact_form, proves
from guestman.services import fields, locks, lookup, ports
from guestman.services.contact_book import new_contact, set_verified
from guestman.services.journal import Journal
from guestman.services.possession import Claim, suspect
from guestman.services.registration import insert, with_new_code
from guestman.services.writing import writing
from shopman import clock, tenancy

#: ``Customer.source`` of those who came by themselves.
LOGIN_SOURCE = "login"


def contact_of_phone(phone: str, *, method: str) -> ContactPoint:
    """The contact of a number that was just proved; its customer is made if there is none.

    Asks ``GUESTMAN["IDENTITY_RESOLVER"]``. The number is verified by ``method`` in the same
    transaction. Any number of simultaneous calls with spellings of one number make one customer
    and all get it. An inactive owner is returned as he is. Raises InvalidPhone, InvalidMethod.
    """
    form = contact_form("phone", phone, tenancy.current().default_region)
    proves(method, "phone")
    with writing():
        locks.contact(form)
        ports.identity_resolver.get().customer_of_phone(form.match_key, method=method)
        contact = lookup.owned(form)
        assert contact is not None, "the identity resolver left the number to nobody"
    return contact


class PossessionResolver(IdentityResolver):
    """Core's own decision, by possession alone (``guestman.rules.possession``).

    A login carries no name, so nothing can contradict the owner of a number unseen for long: he is
    recognised, and ``stale_contact_proved`` says that the number may have a new holder.
    """

    def customer_of_phone(self, phone: str, *, method: str) -> UUID:
        form = contact_form("phone", phone, None)
        found = lookup.owned(form)
        if found is None:
            return with_new_code(
                conf.LOGIN_CODE_PREFIX, lambda key, code: _newcomer(key, code, phone, method)
            ).pk
        owner = lookup.survivor(found.customer)
        if owner.is_active:
            journal = Journal(at=clock.now())
            claim = Claim(form, owner.pk, journal)
            contact = claim.book.holding(form) or claim.book.add(
                form, evidence=ContactPoint.Evidence.ASSERTED, source=LOGIN_SOURCE
            )
            claim.prove(contact, method=method)
            journal.write()
        return owner.pk


@writing()
def _newcomer(key: UUID, code: str, phone: str, method: str) -> Customer:
    form = contact_form("phone", phone, None)
    journal = Journal(at=clock.now())
    lost = []
    if ContactPoint.objects.with_key(form.family, form.match_key).exists():
        lost = Claim(form, None, journal).supersede()
    customer = Customer(
        uuid=key,
        code=code,
        source=LOGIN_SOURCE,
        group=fields.group(None),
        organization=tenancy.current_organization(),
    )
    contact = new_contact(
        customer, form, journal=journal, evidence="A", source=LOGIN_SOURCE, is_primary=True
    )
    set_verified(contact, method, journal)
    insert(customer, [contact], journal)
    journal.write()
    suspect(customer.pk, lost, form)
    return customer
