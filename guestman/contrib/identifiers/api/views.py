"""One customer with everything, and the look before somebody is written down."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from guestman.api.rows import CustomerRow
from guestman.api.views.base import CustomerView
from guestman.contrib.identifiers.api.rows import (
    ContactMatches,
    ContactOverview,
    IdentifierRow,
    RecentChange,
    RecordRow,
)
from guestman.contrib.identifiers.models import CustomerIdentifier, RecordLink
from guestman.contrib.identifiers.services import overview
from guestman.errors import CustomerNotFound
from guestman.models import Customer
from guestman.services import lookup, sections
from shopman import masking
from shopman.api.filters import refuse_unknown
from shopman.api.operations import operation
from shopman.api.pagination import Keyset
from shopman.api.renderers import JSONResponse
from shopman.errors import Throttled
from shopman.models import AuditEntry

#: Identifiers and changes in an overview.
SHOWN_IDENTIFIERS = 50
SHOWN_CHANGES = 10


class ContactView(CustomerView):
    def survivor(self, uuid: UUID) -> Customer:
        """The customer, or the one he was merged into. Raises CustomerNotFound."""
        found = lookup.survivor(self.customer(uuid))
        return self.customer(found.pk)


class Contacts(CustomerView):
    output_class = ContactMatches
    narrowable = False
    parameters: ClassVar = {
        "email": "An e-mail address, in any spelling.",
        "phone": "A phone number, in any spelling of the shop's region.",
        "document": "A CPF, CNPJ or another tax id, with or without punctuation.",
    }

    @operation("checkContacts", Throttled)
    def get(self, request: Request) -> HttpResponse:
        """Find who has an e-mail address, a phone or a document.

        For the look before a customer is written down: everybody with any of them, and what each
        has. Values are compared as a whole. Each question is kept in the audit trail, and a member
        of staff may ask so many in a minute.
        """
        refuse_unknown(request.query_params, set(self.parameters))
        asked = {name: request.query_params.get(name, "") for name in self.parameters}
        matches = [
            {
                "uuid": row.pk,
                "code": row.code,
                "name": row.name,
                "email": masking.contact(row.email, customer=row.pk),
                "phone": masking.contact(row.phone, customer=row.pk),
                "matched_by": matched_by,
            }
            for row, matched_by in overview.holders(self.customers, **asked)
        ]
        return JSONResponse({"matches": matches})


class ContactItem(ContactView):
    output_class = ContactOverview
    narrowable = False

    @operation("getContact", CustomerNotFound)
    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        """Retrieve everything about a customer at a glance.

        The record, what the customer is found by, linked records by kind, the latest orders and
        changes, and what other rooms know. A merged customer is answered as the survivor, whose
        `merged_from` names the others.
        """
        refuse_unknown(request.query_params, set())
        customer = self.survivor(uuid)
        identifiers = CustomerIdentifier.objects.filter(customer=customer).in_reading_order()
        changes = AuditEntry.objects.filter(subject=customer.subject).order_by("-at", "-uuid")
        moments = overview.contacted(customer)
        return JSONResponse(
            {
                **CustomerRow.one(Customer.objects.filter(pk=customer.pk)),
                "merged_from": list(overview.merged_into(customer)),
                "identifiers": IdentifierRow.rows(identifiers[:SHOWN_IDENTIFIERS]),
                "records": overview.records_by_source(customer),
                "orders": overview.orders(customer),
                "timeline": RecentChange.rows(changes[:SHOWN_CHANGES]),
                "sections": sections.of(customer),
                "total_interactions": moments.total_interactions,
                "first_contact": moments.first_contact,
                "last_activity": moments.last_activity,
            }
        )


class ContactRecords(ContactView):
    output_class = RecordRow
    keyset = Keyset({"linked_at"}, default="-linked_at")
    path_parameters: ClassVar = {"source": "What kind of record, such as order."}

    @operation("listContactRecords", CustomerNotFound)
    def get(self, request: Request, uuid: UUID, source: str) -> HttpResponse:
        """List the linked records of one kind, the latest first.

        Links whose evidence is U rest on what somebody typed: they are for staff alone.
        """
        customer = self.survivor(uuid)
        return self.listing(RecordLink.objects.filter(customer=customer, source_type=source))
