"""Groups of customers."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from guestman.admin.acts import MakeGroupDefault
from guestman.models import CustomerGroup
from guestman.services import group
from shopman.admin.service import ServiceAdmin, VersionedForm
from shopman.tenancy.rights import Right


@admin.register(CustomerGroup)
class CustomerGroupAdmin(ServiceAdmin):
    form = VersionedForm
    right = Right.SET_PRICES
    has_trail = True
    list_display = ("name", "code", "price_list_code", "priority", "is_default")
    search_fields = ("code", "name")
    search_help_text = _("Code or name")
    ordering = ("-priority", "name", "uuid")
    actions_detail = ("make_default",)

    def get_fields(self, request: HttpRequest, obj: CustomerGroup | None = None) -> list[str]:
        fields = ["name", "code", "price_list_code", "priority"]
        return [*fields, "is_default", "shown_version"] if obj else fields

    def get_readonly_fields(
        self, request: HttpRequest, obj: CustomerGroup | None = None
    ) -> list[str]:
        return ["code", "is_default"] if obj else []

    def save_model(
        self, request: HttpRequest, obj: CustomerGroup, form: VersionedForm, change: bool
    ) -> None:
        if change:
            group.update(group=obj, expected_version=form.version, **form.changed())
            return
        facts: dict[str, Any] = form.changed()
        made = group.create(**facts)
        obj.pk, obj.name = made.pk, made.name
        obj._state.adding = False

    @action(description=_("Make default"), permissions=["change"], url_path="make-default")
    def make_default(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.act(request, object_id, MakeGroupDefault)
