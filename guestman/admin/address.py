"""Addresses."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action

from guestman.admin.acts import MakeAddressDefault, RemoveAddress
from guestman.admin.part import PartAdmin
from guestman.models import CustomerAddress
from guestman.services import address
from shopman.admin.service import VersionedForm


@admin.register(CustomerAddress)
class CustomerAddressAdmin(PartAdmin):
    form = VersionedForm
    list_display = ("__str__", "owner", "purpose", "label", "is_default", "removed_at")
    list_filter = (
        ("purpose", ChoicesDropdownFilter),
        ("removed_at", admin.EmptyFieldListFilter),
    )
    readonly_fields = ("owner", "purpose", "is_default")
    fields: Any = (
        "owner",
        ("purpose", "is_default"),
        "label",
        ("street", "number"),
        ("complement", "district"),
        ("city", "region"),
        ("postal_code", "country"),
        ("latitude", "longitude"),
        "instructions",
        "shown_version",
    )
    actions_detail = ("make_default", "remove")

    contact_fields = frozenset({"label", "instructions"})

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_live = not isinstance(obj, CustomerAddress) or (
            obj.removed_at is None and obj.customer.is_active
        )
        return is_live and self.may_write(request)

    def has_act_on(self, row: CustomerAddress) -> bool:
        return row.removed_at is None

    def save_model(
        self, request: HttpRequest, obj: CustomerAddress, form: VersionedForm, change: bool
    ) -> None:
        address.update(address=obj, expected_version=form.version, **form.changed())

    def response_post_save_change(self, request: HttpRequest, obj: CustomerAddress) -> HttpResponse:
        return HttpResponseRedirect(self.page_of(obj.customer))

    @action(description=_("Make default"), url_path="make-default")
    def make_default(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.act(request, object_id, MakeAddressDefault)

    @action(description=_("Remove"), url_path="remove")
    def remove(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.act(request, object_id, RemoveAddress)
