"""Customers."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from guestman.api.failures import CONTACTS, FIELDS
from guestman.api.filters import AuditFilter, CustomerFilter
from guestman.api.inputs import CustomerChanges, NewCustomer, NoInput, Reason
from guestman.api.rows import (
    AuditRow,
    CustomerDetail,
    CustomerItemRow,
    CustomerRow,
    PriceListEntitlement,
)
from guestman.api.views.base import CustomerView
from guestman.errors import (
    CodeTaken,
    CustomerInactive,
    CustomerNotFound,
    DocumentTaken,
    EmailTaken,
    InvalidCode,
    InvalidText,
    PhoneTaken,
    StaleVersion,
)
from guestman.models import CustomerQuerySet
from guestman.services import customer, search
from shopman.api.concurrency import expected_version
from shopman.api.filters import refuse_unknown
from shopman.api.idempotency import once
from shopman.api.operations import Repeat, operation
from shopman.api.pagination import Keyset
from shopman.api.renderers import JSONResponse
from shopman.models import AuditEntry


class Customers(CustomerView):
    input_class: ClassVar = {"POST": NewCustomer}
    output_class: ClassVar = {"GET": CustomerRow, "POST": CustomerDetail}
    filterset_class = CustomerFilter
    keyset = Keyset(
        {"created_at", "updated_at", "code", "first_name", "last_name"}, default="-created_at"
    )
    versioned = True

    @operation("listCustomers")
    def get(self, request: Request) -> HttpResponse:
        """List customers.

        Newest first; `ordering=-updated_at` gives the recently changed, which is how another system
        keeps up. `q` searches as the staff pages do: names, code, document, phone in any format and
        e-mail, without regard to case and accents. Where nobody matches, those whose names are most
        like it are listed on one page, and `Shopman-Match: similar` says so. Merged customers are
        left out, inactive ones are not. Only customers of the member's organizations and shared
        ones are in the list.
        """
        rows = self.customers.survivors()
        answer = self.listing(rows)
        text = request.query_params.get("q")
        if not text or answer.data["results"] or "cursor" in request.query_params:
            return answer
        return self.similar(request, rows, text)

    def similar(self, request: Request, rows: CustomerQuerySet, text: str) -> HttpResponse:
        """Customers with a similar name, within the other filters."""
        rest = request.query_params.copy()
        del rest["q"]
        narrowed = CustomerFilter.narrow(rest, rows)
        keys = search.similar(narrowed, text).keys
        page = self.keyset.page(request, narrowed.filter(uuid__in=keys), CustomerRow)
        headers = {"Shopman-Match": "similar"} if keys else {}
        return JSONResponse({**page, "next": None}, headers=headers)

    @operation(
        "createCustomer",
        CodeTaken,
        PhoneTaken,
        EmailTaken,
        DocumentTaken,
        *CONTACTS,
        *FIELDS,
        InvalidCode,
        repeat=Repeat.KEY,
    )
    def post(self, request: Request) -> HttpResponse:
        """Create a customer.

        For a customer who is not known yet; search first, for nobody is found or merged here.
        Without a code one is given, without a group the default group. Phone and e-mail become
        unverified contact points: they are refused only when they are verified for another
        customer. Announced as `guestman.customer_created`, kept in the audit trail.
        """
        facts = self.accept(request)
        own = None if "organization" in facts else self.own_organization()

        def work() -> HttpResponse:
            new = customer.create(**{"organization": own, "source": "staff", **facts})
            return self.made(self.customers.filter(uuid=new.uuid), f"{request.path}/{new.uuid}")

        return once(request, work)


class CustomerItem(CustomerView):
    input_class: ClassVar = {"PATCH": CustomerChanges}
    output_class: ClassVar = {"GET": CustomerItemRow, "PATCH": CustomerDetail}
    versioned = True

    @operation("getCustomer", CustomerNotFound)
    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        """Retrieve a customer.

        With the version as `ETag`, for a change that follows. The key of a customer that was
        merged into another one answers with that one, whose `uuid` is the key to keep.
        """
        return self.item(self.customers.known_as(uuid).with_aliases())

    @operation(
        "changeCustomer", CustomerNotFound, CustomerInactive, DocumentTaken, StaleVersion, *FIELDS
    )
    def patch(self, request: Request, uuid: UUID) -> HttpResponse:
        """Change a customer.

        Only the fields that are sent change; `metadata` is replaced as a whole. Phone and e-mail
        change through the contact points. Announced as `guestman.customer_updated`, kept in the
        audit trail.
        """
        facts = self.accept(request)
        version = expected_version(request)
        customer.update(self.customer(uuid).uuid, expected_version=version, **facts)
        return self.item(self.customers.known_as(uuid))


class CustomerDeactivation(CustomerView):
    input_class = Reason
    output_class = CustomerDetail
    versioned = True
    post_status = 200

    @operation("deactivateCustomer", CustomerNotFound, InvalidText, repeat=Repeat.SAFE)
    def post(self, request: Request, uuid: UUID) -> HttpResponse:
        """Deactivate a customer.

        For a customer who is to be gone from every look-up and cannot sign in any more; open
        sessions end, the record stays with its history. `reactivateCustomer` takes it back.
        """
        facts = self.accept(request)
        customer.deactivate(self.customer(uuid).uuid, **facts)
        return self.item(self.customers.known_as(uuid))


class CustomerReactivation(CustomerView):
    input_class = NoInput
    output_class = CustomerDetail
    versioned = True
    post_status = 200

    @operation("reactivateCustomer", CustomerNotFound, DocumentTaken, repeat=Repeat.SAFE)
    def post(self, request: Request, uuid: UUID) -> HttpResponse:
        """Reactivate a customer.

        The customer is found again and may sign in. Refused when another active customer took the
        document meanwhile.
        """
        self.accept(request)
        customer.reactivate(self.customer(uuid).uuid)
        return self.item(self.customers.known_as(uuid))


class CustomerPriceList(CustomerView):
    output_class = PriceListEntitlement
    narrowable = False

    @operation("getCustomerPriceList", CustomerNotFound)
    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        """Tell which price list a customer has, and why.

        What offerman prices this customer's carts by: the list of the customer's group, or none.
        """
        refuse_unknown(request.query_params, set())
        code = self.customer(uuid).code
        return JSONResponse(
            {
                "price_list_code": customer.price_list(code),
                "reason": customer.price_list_reason(code),
            }
        )


class CustomerAudit(CustomerView):
    output_class = AuditRow
    filterset_class = AuditFilter
    keyset = Keyset({"at"}, default="-at")

    @operation("listCustomerChanges", CustomerNotFound)
    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        """List the changes of a customer, newest first.

        Who changed what, when, why and in which request; rows are only ever added. Values before
        and after are those of the changed fields alone.
        """
        return self.listing(AuditEntry.objects.filter(subject=self.customer(uuid).subject))
