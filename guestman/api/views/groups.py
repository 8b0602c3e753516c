"""Groups of customers."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from guestman.api.filters import CustomerGroupFilter
from guestman.api.inputs import CustomerGroupChanges, NewCustomerGroup
from guestman.api.rows import CustomerGroupRow
from guestman.api.views.base import made
from guestman.models import CustomerGroup
from guestman.services import group
from shopman.api.concurrency import expected_version
from shopman.api.idempotency import once
from shopman.api.pagination import Keyset
from shopman.api.views import StaffView


class CustomerGroups(StaffView):
    input_class: ClassVar = {"POST": NewCustomerGroup}
    output_class = CustomerGroupRow
    filterset_class = CustomerGroupFilter
    keyset = Keyset({"priority", "code", "name", "created_at"}, default="-priority")
    versioned = True

    def get(self, request: Request) -> HttpResponse:
        """List customer groups, the most important first."""
        return self.listing(CustomerGroup.objects.all())

    def post(self, request: Request) -> HttpResponse:
        """Create a customer group.

        A new default group takes the place of the old one.
        """
        facts = self.accept(request)

        def work() -> HttpResponse:
            new = group.create(**facts)
            answer = self.item(CustomerGroup.objects.filter(uuid=new.uuid), status=201)
            return made(answer, new.uuid, request.path)

        return once(request, work)


class CustomerGroupItem(StaffView):
    input_class: ClassVar = {"PATCH": CustomerGroupChanges}
    output_class = CustomerGroupRow
    versioned = True

    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        """Retrieve a customer group."""
        return self.item(CustomerGroup.objects.filter(uuid=uuid))

    def patch(self, request: Request, uuid: UUID) -> HttpResponse:
        """Change a customer group. Only the fields that are sent change."""
        facts = self.accept(request)
        group.update(group=uuid, version=expected_version(request), **facts)
        return self.item(CustomerGroup.objects.filter(uuid=uuid))
