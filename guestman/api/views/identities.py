"""Who customers are at other providers."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from guestman.api.filters import IdentityFilter
from guestman.api.inputs import NewIdentity, NoInput
from guestman.api.rows import IdentityRow
from guestman.api.views.base import CustomerView
from guestman.errors import (
    CustomerInactive,
    CustomerNotFound,
    IdentityNotFound,
    IdentityTaken,
    InvalidMetadata,
    InvalidText,
)
from guestman.models import ExternalIdentity
from guestman.services import external_identity
from shopman.api.idempotency import once
from shopman.api.operations import Repeat, operation
from shopman.api.pagination import Keyset


class IdentityView(CustomerView):
    output_class = IdentityRow

    def identity(self, uuid: UUID, identity: UUID) -> ExternalIdentity:
        """An identity of a customer the member of staff may see. Raises NotFound."""
        owner = self.customer(uuid)
        found: ExternalIdentity | None = ExternalIdentity.objects.filter(
            uuid=identity, customer=owner
        ).first()
        if found is None:
            raise IdentityNotFound
        found.customer = owner
        return found

    def shown(self, uuid: UUID) -> HttpResponse:
        return self.item(ExternalIdentity.objects.filter(uuid=uuid))


class Identities(IdentityView):
    input_class: ClassVar = {"POST": NewIdentity}
    filterset_class = IdentityFilter
    keyset = Keyset({"created_at"}, default="created_at")

    @operation("listIdentities", CustomerNotFound)
    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        """List the external identities of a customer, unlinked ones included.

        The customer's accounts at other providers, the oldest first.
        """
        return self.listing(ExternalIdentity.objects.filter(customer=self.customer(uuid)))

    @operation(
        "linkIdentity",
        CustomerNotFound,
        CustomerInactive,
        IdentityTaken,
        InvalidText,
        InvalidMetadata,
        repeat=Repeat.KEY,
    )
    def post(self, request: Request, uuid: UUID) -> HttpResponse:
        """Link a provider's account to a customer.

        Linking the same account again refreshes its attributes. Refused when the account is linked
        to another customer.
        """
        facts = self.accept(request)
        owner = self.customer(uuid)

        def work() -> HttpResponse:
            new = external_identity.link(customer=owner, **facts)
            return self.made(
                ExternalIdentity.objects.filter(uuid=new.uuid), f"{request.path}/{new.uuid}"
            )

        return once(request, work)


class IdentityItem(IdentityView):
    @operation("getIdentity", CustomerNotFound, IdentityNotFound)
    def get(self, request: Request, uuid: UUID, identity: UUID) -> HttpResponse:
        """Retrieve an external identity.

        One that was unlinked says when.
        """
        return self.shown(self.identity(uuid, identity).uuid)


class IdentityUnlinking(IdentityView):
    input_class = NoInput
    post_status = 200

    @operation("unlinkIdentity", CustomerNotFound, IdentityNotFound)
    def post(self, request: Request, uuid: UUID, identity: UUID) -> HttpResponse:
        """Unlink an external identity.

        It is kept as history; another customer may link the account from then on.
        """
        self.accept(request)
        row = self.identity(uuid, identity)
        external_identity.unlink(external_identity=row)
        return self.shown(row.uuid)
