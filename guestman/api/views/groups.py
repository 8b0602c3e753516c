"""Groups of customers."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from guestman.api.filters import CustomerGroupFilter
from guestman.api.inputs import CustomerGroupChanges, NewCustomerGroup, NoInput
from guestman.api.rows import CustomerGroupRow
from guestman.api.views.base import made
from guestman.errors import GroupNotFound
from guestman.models import CustomerGroup
from guestman.services import group
from shopman.api.concurrency import expected_version
from shopman.api.idempotency import once
from shopman.api.pagination import Keyset
from shopman.api.views import StaffView
from shopman.tenancy.rights import Right


class CustomerGroups(StaffView):
    right = Right.SET_PRICES
    input_class: ClassVar = {"POST": NewCustomerGroup}
    output_class = CustomerGroupRow
    filterset_class = CustomerGroupFilter
    keyset = Keyset({"priority", "code", "name", "created_at"}, default="-priority")
    versioned = True

    def get(self, request: Request) -> HttpResponse:
        """List customer groups, the most important first."""
        return self.listing(CustomerGroup.objects.all())

    def post(self, request: Request) -> HttpResponse:
        """Create a customer group."""
        facts = self.accept(request)

        def work() -> HttpResponse:
            new = group.create(**facts)
            answer = self.item(CustomerGroup.objects.filter(uuid=new.uuid), status=201)
            return made(answer, new.uuid, request.path)

        return once(request, work)


class CustomerGroupView(StaffView):
    right = Right.SET_PRICES
    output_class = CustomerGroupRow
    versioned = True

    def group(self, uuid: UUID) -> CustomerGroup:
        """One query. Raises GroupNotFound."""
        found: CustomerGroup | None = CustomerGroup.objects.filter(uuid=uuid).first()
        if found is None:
            raise GroupNotFound
        return found

    def shown(self, uuid: UUID) -> HttpResponse:
        return self.item(CustomerGroup.objects.filter(uuid=uuid))


class CustomerGroupItem(CustomerGroupView):
    input_class: ClassVar = {"PATCH": CustomerGroupChanges}

    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        """Retrieve a customer group."""
        return self.shown(uuid)

    def patch(self, request: Request, uuid: UUID) -> HttpResponse:
        """Change a customer group. Only the fields that are sent change; the code stays."""
        facts = self.accept(request)
        version = expected_version(request)
        group.update(group=self.group(uuid), expected_version=version, **facts)
        return self.shown(uuid)


class CustomerGroupDefault(CustomerGroupView):
    input_class = NoInput
    post_status = 200

    def post(self, request: Request, uuid: UUID) -> HttpResponse:
        """Make a group the one of new customers, in place of the present one."""
        self.accept(request)
        group.set_default(group=self.group(uuid))
        return self.shown(uuid)
