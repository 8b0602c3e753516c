"""Where customers' orders go."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from guestman.api.filters import AddressFilter
from guestman.api.inputs import AddressChanges, NewAddress, NoInput
from guestman.api.rows import AddressRow
from guestman.api.views.base import CustomerView
from guestman.errors import (
    AddressNotFound,
    CustomerInactive,
    CustomerNotFound,
    InvalidAddress,
    InvalidChoice,
    InvalidText,
    StaleVersion,
    TooManyAddresses,
)
from guestman.models import CustomerAddress
from guestman.services import address as addresses
from shopman.api.concurrency import expected_version
from shopman.api.idempotency import once
from shopman.api.operations import Repeat, operation
from shopman.api.pagination import Keyset


class AddressView(CustomerView):
    output_class = AddressRow
    versioned = True

    def address(self, uuid: UUID, address: UUID) -> CustomerAddress:
        """A live address of a customer the member of staff may see. Raises NotFound."""
        owner = self.customer(uuid)
        found: CustomerAddress | None = (
            CustomerAddress.objects.live().filter(uuid=address, customer=owner).first()
        )
        if found is None:
            raise AddressNotFound
        found.customer = owner
        return found

    def shown(self, uuid: UUID) -> HttpResponse:
        return self.item(CustomerAddress.objects.filter(uuid=uuid))


class Addresses(AddressView):
    input_class: ClassVar = {"POST": NewAddress}
    filterset_class = AddressFilter
    keyset = Keyset({"created_at"}, default="created_at")

    @operation("listAddresses", CustomerNotFound)
    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        """List the addresses of a customer.

        The oldest first; removed ones are left out.
        """
        return self.listing(CustomerAddress.objects.live().filter(customer=self.customer(uuid)))

    @operation(
        "addAddress",
        CustomerNotFound,
        CustomerInactive,
        InvalidText,
        InvalidChoice,
        InvalidAddress,
        TooManyAddresses,
        repeat=Repeat.KEY,
    )
    def post(self, request: Request, uuid: UUID) -> HttpResponse:
        """Add an address to a customer.

        The first of its purpose becomes the default one. Without a country it is the shop's. One
        that the customer has already, letter by letter, is answered as it is.
        """
        facts = self.accept(request)
        owner = self.customer(uuid)

        def work() -> HttpResponse:
            new = addresses.add(customer=owner, **facts)
            return self.made(
                CustomerAddress.objects.filter(uuid=new.uuid), f"{request.path}/{new.uuid}"
            )

        return once(request, work)


class AddressItem(AddressView):
    input_class: ClassVar = {"PATCH": AddressChanges}

    @operation("getAddress", CustomerNotFound, AddressNotFound)
    def get(self, request: Request, uuid: UUID, address: UUID) -> HttpResponse:
        """Retrieve an address.

        With the version as `ETag`, for a change that follows.
        """
        return self.shown(self.address(uuid, address).uuid)

    @operation(
        "changeAddress",
        CustomerNotFound,
        AddressNotFound,
        CustomerInactive,
        StaleVersion,
        InvalidText,
        InvalidAddress,
    )
    def patch(self, request: Request, uuid: UUID, address: UUID) -> HttpResponse:
        """Change an address.

        Only the fields that are sent change. Orders that went there keep what it was.
        """
        facts = self.accept(request)
        version = expected_version(request)
        row = self.address(uuid, address)
        addresses.update(address=row, expected_version=version, **facts)
        return self.shown(row.uuid)

    @operation("removeAddress", CustomerNotFound, AddressNotFound, CustomerInactive, StaleVersion)
    def delete(self, request: Request, uuid: UUID, address: UUID) -> HttpResponse:
        """Remove an address.

        It is gone from every list; orders that went there keep it.
        """
        version = expected_version(request)
        addresses.remove(address=self.address(uuid, address), expected_version=version)
        return self.empty()


class AddressDefault(AddressView):
    input_class = NoInput
    post_status = 200

    @operation(
        "setDefaultAddress", CustomerNotFound, AddressNotFound, CustomerInactive, repeat=Repeat.SAFE
    )
    def post(self, request: Request, uuid: UUID, address: UUID) -> HttpResponse:
        """Make an address the default one for its purpose.

        It takes the place of the present one, whose version grows with that.
        """
        self.accept(request)
        row = self.address(uuid, address)
        addresses.set_default(address=row)
        return self.shown(row.uuid)
