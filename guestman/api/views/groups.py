"""Groups of customers."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from guestman.api.filters import CustomerGroupFilter
from guestman.api.inputs import CustomerGroupChanges, NewCustomerGroup, NoInput
from guestman.api.rows import CustomerGroupRow
from guestman.errors import GroupCodeTaken, GroupNotFound, InvalidCode, InvalidText, StaleVersion
from guestman.models import CustomerGroup
from guestman.services import group
from shopman.api.concurrency import expected_version
from shopman.api.idempotency import once
from shopman.api.operations import Repeat, operation
from shopman.api.pagination import Keyset
from shopman.api.views import StaffView
from shopman.tenancy.rights import Right


class CustomerGroups(StaffView):
    tag = "customers"
    right = Right.SET_PRICES
    input_class: ClassVar = {"POST": NewCustomerGroup}
    output_class = CustomerGroupRow
    filterset_class = CustomerGroupFilter
    keyset = Keyset({"priority", "code", "name", "created_at"}, default="-priority")
    versioned = True

    @operation("listCustomerGroups")
    def get(self, request: Request) -> HttpResponse:
        """List customer groups, the most important first.

        Groups are the whole shop's. A group may carry a price list; exactly one is the default
        group of new customers.
        """
        return self.listing(CustomerGroup.objects.all())

    @operation("createCustomerGroup", GroupCodeTaken, InvalidCode, InvalidText, repeat=Repeat.KEY)
    def post(self, request: Request) -> HttpResponse:
        """Create a customer group.

        The code is for good. `price_list_code` gives its members the prices of that list.
        """
        facts = self.accept(request)

        def work() -> HttpResponse:
            new = group.create(**facts)
            return self.made(
                CustomerGroup.objects.filter(uuid=new.uuid), f"{request.path}/{new.uuid}"
            )

        return once(request, work)


class CustomerGroupView(StaffView):
    tag = "customers"
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

    @operation("getCustomerGroup", GroupNotFound)
    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        """Retrieve a customer group.

        With the version as `ETag`, for a change that follows.
        """
        return self.shown(uuid)

    @operation("changeCustomerGroup", GroupNotFound, StaleVersion, InvalidText)
    def patch(self, request: Request, uuid: UUID) -> HttpResponse:
        """Change a customer group.

        Only the fields that are sent change; the code stays. Another price list applies from the
        next cart or quote on.
        """
        facts = self.accept(request)
        version = expected_version(request)
        group.update(group=self.group(uuid), expected_version=version, **facts)
        return self.shown(uuid)


class CustomerGroupDefault(CustomerGroupView):
    input_class = NoInput
    post_status = 200

    @operation("setDefaultCustomerGroup", GroupNotFound, repeat=Repeat.SAFE)
    def post(self, request: Request, uuid: UUID) -> HttpResponse:
        """Make a group the one of new customers, in place of the present one.

        Customers who are in a group already stay there.
        """
        self.accept(request)
        group.set_default(group=self.group(uuid))
        return self.shown(uuid)
