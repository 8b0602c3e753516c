"""Addresses of the account."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from config.account import reading
from config.account.forms import AddressForm, NewAddressForm
from config.account.pages import AccountPage
from guestman.services import address
from shopman import tenancy


class AddressPage(AccountPage):
    """A page about addresses."""

    section: ClassVar = "addresses"

    def done(self, sentence: str) -> HttpResponse:
        """Back to the list, which says what happened."""
        messages.success(self.request, sentence)
        return self.go("addresses")


class Addresses(AddressPage):
    """All of them."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show("account/addresses", {"addresses": reading.addresses(self.uuid)})


class Add(AddressPage):
    """A new one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        country = tenancy.current().default_region
        return self.show("account/address_add", {}, NewAddressForm(initial={"country": country}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NewAddressForm(request.POST)
        added = form.attempt(lambda given: address.add(customer=self.own_customer(), **given))
        if added is None:
            return self.show("account/address_add", {}, form)
        return self.done(_("The address was added."))


class Edit(AddressPage):
    """Another wording of one."""

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        found = self.own_address(uuid)
        return self.show("account/address_edit", {"address": found}, AddressForm.of(found))

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        found, form = self.own_address(uuid), AddressForm(request.POST)
        saved = form.edit(
            lambda given: address.update(
                address=found, expected_version=given.pop("version"), **given
            ),
            current=lambda: self.own_address(uuid),
        )
        if saved is None:
            return self.show("account/address_edit", {"address": found}, form)
        return self.done(_("The address was saved."))


class MakeDefault(AddressPage):
    """The one that is used when nothing else is said."""

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        address.set_default(address=self.own_address(uuid))
        return self.done(_("This is your default address now."))


class Remove(AddressPage):
    """Asks, then removes."""

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        return self.show("account/address_remove", {"address": self.own_address(uuid)})

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        address.remove(address=self.own_address(uuid))
        return self.done(_("The address was removed."))
