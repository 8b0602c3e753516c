"""Which customers a member of staff may reach."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from guestman.errors import CustomerNotFound
from guestman.models import Customer, CustomerQuerySet
from shopman import masking
from shopman.api.views import StaffView
from shopman.models import Organization


class CustomerView(StaffView):
    """A view that reaches customers of the member's organizations and shared ones, no others."""

    tag = "customers"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # What is revealed of the customer of this address is revealed in all of its parts.
        with masking.about(kwargs.get("uuid")):
            return super().dispatch(request, *args, **kwargs)

    @property
    def customers(self) -> CustomerQuerySet:
        rows: CustomerQuerySet = Customer.objects.visible_to(self.access.organizations)
        return rows

    def customer(self, uuid: UUID) -> Customer:
        """The customer with this key or alias. One query. Raises CustomerNotFound."""
        found = self.customers.known_as(uuid).first()
        if found is None:
            raise CustomerNotFound
        return found

    def organization(self, key: UUID) -> Organization:
        """An organization the member of staff works for. Raises DRF's ValidationError."""
        reachable = self.access.organizations
        rows = Organization.objects.filter(pk=key)
        found: Organization | None = rows.first() if not reachable or key in reachable else None
        if found is None:
            raise ValidationError(_("There is no such organization."), code="unknown_organization")
        return found

    def own_organization(self) -> Organization | None:
        """The member's organization when there is exactly one, else None."""
        keys = self.access.organizations
        found: Organization | None = None
        if len(keys) == 1:
            found = Organization.objects.get(pk__in=keys)
        return found
