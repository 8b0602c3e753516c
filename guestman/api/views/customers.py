"""Customers."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from guestman.api.filters import AuditFilter, CustomerFilter
from guestman.api.inputs import CustomerChanges, NewCustomer, NoInput, Reason
from guestman.api.rows import AuditRow, CustomerDetail, CustomerRow, PriceListEntitlement
from guestman.api.views.base import CustomerView, made
from guestman.models import CustomerQuerySet
from guestman.services import customer, search
from shopman.api.concurrency import expected_version
from shopman.api.idempotency import once
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

    def get(self, request: Request) -> HttpResponse:
        """List customers.

        Newest first; ``ordering=-updated_at`` gives the recently changed. ``q`` searches as the
        staff pages do: names, code, document, phone in any format and e-mail, without regard to
        case and accents. Where nobody matches, those whose names are most like it are listed on
        one page, and ``Shopman-Match: similar`` says so. Merged customers are left out, inactive
        ones are not.
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

    def post(self, request: Request) -> HttpResponse:
        """Create a customer.

        Phone and e-mail become unverified contact points. They are refused only when they are
        verified for another customer.
        """
        facts = self.accept(request)
        own = None if "organization" in facts else self.own_organization()

        def work() -> HttpResponse:
            new = customer.create(**{"organization": own, "source": "staff", **facts})
            answer = self.item(self.customers.filter(uuid=new.uuid), status=201)
            return made(answer, new.uuid, request.path)

        return once(request, work)


class CustomerItem(CustomerView):
    input_class: ClassVar = {"PATCH": CustomerChanges}
    output_class = CustomerDetail
    versioned = True

    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        """Retrieve a customer.

        A customer that was merged into another one says so in ``merged_into``.
        """
        return self.item(self.customers.filter(uuid=uuid))

    def patch(self, request: Request, uuid: UUID) -> HttpResponse:
        """Change a customer.

        Only the fields that are sent change. When somebody else changed the customer in between,
        the answer is 412 and names the fields that changed.
        """
        facts = self.accept(request)
        version = expected_version(request)
        customer.update(self.customer(uuid).uuid, expected_version=version, **facts)
        return self.item(self.customers.filter(uuid=uuid))


class CustomerDeactivation(CustomerView):
    input_class = Reason
    output_class = CustomerDetail
    versioned = True
    post_status = 200

    def post(self, request: Request, uuid: UUID) -> HttpResponse:
        """Deactivate a customer.

        The customer is gone from every look-up and cannot sign in; the record stays.
        """
        facts = self.accept(request)
        customer.deactivate(self.customer(uuid).uuid, **facts)
        return self.item(self.customers.filter(uuid=uuid))


class CustomerReactivation(CustomerView):
    input_class = NoInput
    output_class = CustomerDetail
    versioned = True
    post_status = 200

    def post(self, request: Request, uuid: UUID) -> HttpResponse:
        """Reactivate a customer."""
        self.accept(request)
        customer.reactivate(self.customer(uuid).uuid)
        return self.item(self.customers.filter(uuid=uuid))


class CustomerPriceList(CustomerView):
    output_class = PriceListEntitlement

    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        """Tell which price list a customer has, and why."""
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

    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        """List the changes of a customer, newest first."""
        return self.listing(AuditEntry.objects.filter(subject=self.customer(uuid).subject))
