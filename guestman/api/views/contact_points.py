"""How customers are reached."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from guestman.api.failures import CONTACTS
from guestman.api.filters import ContactPointFilter
from guestman.api.inputs import ManualVerification, NewContactPoint, NewPhone, NoInput
from guestman.api.rows import ContactPointRow
from guestman.api.views.base import CustomerView
from guestman.errors import (
    ContactExists,
    ContactNotFound,
    ContactReleased,
    ContactTaken,
    ContactVerified,
    CustomerInactive,
    CustomerNotFound,
    EmailTaken,
    InvalidText,
    PhoneTaken,
)
from guestman.models import ContactPoint
from guestman.services import contact_point
from shopman.api.idempotency import once
from shopman.api.operations import Repeat, operation
from shopman.api.pagination import Keyset
from shopman.contact import InvalidPhone


class ContactPointView(CustomerView):
    output_class = ContactPointRow

    def contact(self, uuid: UUID, contact: UUID) -> ContactPoint:
        """The contact of a customer the member of staff may see. Raises NotFound."""
        owner = self.customer(uuid)
        found: ContactPoint | None = ContactPoint.objects.filter(
            uuid=contact, customer=owner
        ).first()
        if found is None:
            raise ContactNotFound
        found.customer = owner
        return found

    def shown(self, uuid: UUID) -> HttpResponse:
        return self.item(ContactPoint.objects.filter(uuid=uuid))


class ContactPoints(ContactPointView):
    input_class: ClassVar = {"POST": NewContactPoint}
    filterset_class = ContactPointFilter
    keyset = Keyset({"created_at"}, default="created_at")

    @operation("listContactPoints", CustomerNotFound)
    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        """List the contact points of a customer.

        Phones, e-mail addresses and account names with the evidence for each. Released ones are in
        the list until `released=false` is asked for.
        """
        return self.listing(ContactPoint.objects.filter(customer=self.customer(uuid)))

    @operation(
        "addContactPoint",
        CustomerNotFound,
        CustomerInactive,
        ContactExists,
        PhoneTaken,
        EmailTaken,
        ContactTaken,
        *CONTACTS,
        repeat=Repeat.KEY,
    )
    def post(self, request: Request, uuid: UUID) -> HttpResponse:
        """Add a contact point to a customer, not verified.

        The first of its kind becomes the primary one. Refused when it is verified for another
        customer; held unverified by others is no obstacle.
        """
        facts = self.accept(request)
        owner = self.customer(uuid)

        def work() -> HttpResponse:
            new = contact_point.add(customer=owner, source="staff", **facts)
            return self.made(
                ContactPoint.objects.filter(uuid=new.uuid), f"{request.path}/{new.uuid}"
            )

        return once(request, work)


class ContactPointItem(ContactPointView):
    @operation("getContactPoint", CustomerNotFound, ContactNotFound)
    def get(self, request: Request, uuid: UUID, contact: UUID) -> HttpResponse:
        """Retrieve a contact point.

        In both spellings, as given and canonical, with how and when possession was proved.
        """
        return self.shown(self.contact(uuid, contact).uuid)

    @operation(
        "removeContactPoint", CustomerNotFound, ContactNotFound, ContactReleased, ContactVerified
    )
    def delete(self, request: Request, uuid: UUID, contact: UUID) -> HttpResponse:
        """Remove a contact point that was added by mistake.

        The row is deleted. One that was ever verified is part of the history and is released
        instead.
        """
        contact_point.remove(contact_point=self.contact(uuid, contact))
        return self.empty()


class ContactPointVerification(ContactPointView):
    input_class = ManualVerification
    post_status = 200

    @operation(
        "verifyContactPoint",
        CustomerNotFound,
        ContactNotFound,
        ContactReleased,
        CustomerInactive,
        PhoneTaken,
        EmailTaken,
        ContactTaken,
        InvalidText,
        repeat=Repeat.SAFE,
    )
    def post(self, request: Request, uuid: UUID, contact: UUID) -> HttpResponse:
        """Vouch for a contact point, as a member of staff.

        For a contact that was checked at the counter or on the phone; `reference` says how and is
        kept. From now on it signs in and decides who a customer is. Refused when the contact is
        verified for another customer.
        """
        facts = self.accept(request)
        row = self.contact(uuid, contact)
        contact_point.verify(contact_point=row, method="manual", **facts)
        return self.shown(row.uuid)


class ContactPointPrimacy(ContactPointView):
    input_class = NoInput
    post_status = 200

    @operation(
        "makeContactPointPrimary",
        CustomerNotFound,
        ContactNotFound,
        ContactReleased,
        CustomerInactive,
        repeat=Repeat.SAFE,
    )
    def post(self, request: Request, uuid: UUID, contact: UUID) -> HttpResponse:
        """Make a contact point the primary one of its kind.

        It takes the place of the present one and is the customer's `phone` or `email` from then on.
        """
        self.accept(request)
        row = self.contact(uuid, contact)
        contact_point.make_primary(contact_point=row)
        return self.shown(row.uuid)


class ContactPointRelease(ContactPointView):
    input_class = NoInput
    post_status = 200

    @operation("releaseContactPoint", CustomerNotFound, ContactNotFound, ContactReleased)
    def post(self, request: Request, uuid: UUID, contact: UUID) -> HttpResponse:
        """Release a contact point: the customer does not have it any more.

        It is kept as history, nobody is found by it or signs in with it, and another customer may
        prove to have it. The oldest remaining contact of the kind becomes primary, verified ones
        first.
        """
        self.accept(request)
        row = self.contact(uuid, contact)
        contact_point.release(contact_point=row)
        return self.shown(row.uuid)


class PhoneChange(ContactPointView):
    input_class = NewPhone
    post_status = 200

    @operation(
        "changePhone",
        CustomerNotFound,
        CustomerInactive,
        InvalidPhone,
        InvalidText,
        PhoneTaken,
        repeat=Repeat.SAFE,
    )
    def post(self, request: Request, uuid: UUID) -> HttpResponse:
        """Change the phone of a customer, as a member of staff who checked it.

        The new number is verified and becomes the primary one; the old one is released and never
        signs in again. `reference` says how it was checked and is kept.
        """
        facts = self.accept(request)
        new = contact_point.change_phone(customer=self.customer(uuid), method="manual", **facts)
        return self.shown(new.uuid)
