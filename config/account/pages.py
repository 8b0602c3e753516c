"""What every page of the account has in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode

from doorman.pages.forms import DoorForm
from doorman.pages.page import Page, see_other
from guestman.errors import CustomerInactive, CustomerNotFound
from guestman.models import Customer, CustomerAddress
from guestman.services import customer
from shopman import actor
from shopman.api.views import customer_actor


class AccountPage(Page):
    """For the customer who is signed in, who is also the one acting; anybody else goes to login."""

    #: Which link of the navigation is the present one.
    section: ClassVar = ""

    def respond(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.customer.uuid is None:
            return self.turn_away() if self.customer.refused else self.to_login()
        try:
            with actor.use(customer_actor(request)):
                return super().respond(request, *args, **kwargs)
        except (CustomerInactive, CustomerNotFound):
            # The shop closed the account while this request was under way.
            return self.turn_away()

    def to_login(self) -> HttpResponse:
        """Where one signs in; what was wanted is where the login leads to."""
        login = reverse("doorman:login")
        if self.request.method not in ("GET", "HEAD"):
            return see_other(login)
        return see_other(f"{login}?{urlencode({'next': self.request.get_full_path()})}")

    @property
    def uuid(self) -> UUID:
        """The key of the customer who is signed in."""
        found = self.customer.uuid
        assert found is not None, "anybody else was sent to the login"
        return found

    def own_customer(self) -> Customer:
        """The customer as guestman knows them now. Raises CustomerNotFound."""
        found = customer.get_by_uuid(self.uuid)
        if found is None:
            raise CustomerNotFound
        return found

    def own_address(self, uuid: UUID) -> CustomerAddress:
        """One of the customer's addresses; anybody else's is not there."""
        found = CustomerAddress.objects.live().filter(customer=self.uuid, uuid=uuid).first()
        if found is None:
            raise Http404("no such address of this customer")
        return found

    def show(
        self, template: str, context: Mapping[str, Any], form: DoorForm | None = None
    ) -> HttpResponse:
        return super().show(template, {"section": self.section, **context}, form)

    def go(self, name: str) -> HttpResponse:  # type: ignore[override]  # account pages, not doorman's
        return see_other(reverse(f"account:{name}"))
