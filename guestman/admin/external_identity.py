"""Accounts at other providers."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from guestman.admin.acts import UnlinkIdentity
from guestman.admin.part import PartAdmin
from guestman.models import ExternalIdentity


@admin.register(ExternalIdentity)
class ExternalIdentityAdmin(PartAdmin):
    list_display = ("provider", "subject", "owner", "is_active", "created_at")
    list_filter = ("is_active",)
    readonly_fields = ("owner", "is_active", "created_at", "unlinked_at")
    fields = (
        "owner",
        ("provider", "subject"),
        ("issuer", "is_active"),
        ("created_at", "unlinked_at"),
        "attributes",
    )
    actions_detail = ("unlink",)

    contact_fields = frozenset({"subject", "attributes"})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without what the provider told where it told nothing."""
        said = obj is None or bool(obj.attributes)
        return [each for each in super().get_fields(request, obj) if said or each != "attributes"]

    def has_act_on(self, row: ExternalIdentity) -> bool:
        return row.is_active

    @action(description=_("Unlink"), url_path="unlink")
    def unlink(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.act(request, object_id, UnlinkIdentity)
