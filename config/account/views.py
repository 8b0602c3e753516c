"""Overview, profile and orders."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from config.account import reading
from config.account.forms import ProfileForm
from config.account.pages import AccountPage
from guestman.services import customer


class Overview(AccountPage):
    """Who one is here, what was ordered last, and what is missing."""

    section: ClassVar = "overview"

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "owner": self.own_customer(),
            "orders": reading.latest_orders(self.uuid),
            "address": reading.default_address(self.uuid),
        }
        return self.show("account/overview", context)


class Profile(AccountPage):
    """Name, birth date and language; phone and e-mail with what is known of them."""

    section: ClassVar = "profile"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(ProfileForm.of(self.own_customer()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ProfileForm(request.POST)
        saved = form.edit(
            lambda given: customer.update(
                self.uuid, expected_version=given.pop("version"), **given
            ),
            current=self.own_customer,
        )
        if saved is None:
            return self._page(form)
        messages.success(request, _("Saved."))
        return self.go("profile")

    def _page(self, form: ProfileForm) -> HttpResponse:
        return self.show("account/profile", {"contacts": reading.contacts(self.uuid)}, form)


class Orders(AccountPage):
    """All orders, newest first."""

    section: ClassVar = "orders"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show("account/orders", {"page": reading.orders(self.uuid, request.GET)})


class OrderPage(AccountPage):
    """One order, as it was when it was placed, and what happened since."""

    section: ClassVar = "orders"

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        found = reading.order(self.uuid, uuid)
        if found is None:
            raise Http404("no such order of this customer")
        return self.show("account/order", {"order": found.summary, "record": found})
