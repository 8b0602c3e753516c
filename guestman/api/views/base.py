"""Which customers a member of staff may reach."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse

from guestman.errors import CustomerNotFound
from guestman.models import Customer, CustomerQuerySet
from shopman.api.views import StaffView
from shopman.tenancy import staff


class CustomerView(StaffView):
    """A view that reaches customers of the member's organizations and shared ones, no others."""

    @property
    def customers(self) -> CustomerQuerySet:
        access = staff.access(self.request._request)
        assert access is not None, "the permission lets only staff in"
        rows: CustomerQuerySet = Customer.objects.visible_to(access.organizations)
        return rows

    def customer(self, uuid: UUID) -> Customer:
        """One query. Raises CustomerNotFound."""
        found = self.customers.filter(uuid=uuid).first()
        if found is None:
            raise CustomerNotFound
        return found


def made(answer: HttpResponse, uuid: UUID, path: str) -> HttpResponse:
    """The answer to a creation, saying where the new thing is."""
    answer["Location"] = f"{path}/{uuid}"
    return answer
