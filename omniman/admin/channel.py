"""Channels."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from omniman.models import Channel
from omniman.services import channel
from shopman.admin.service import ServiceAdmin, VersionedForm
from shopman.tenancy.rights import Right


@admin.register(Channel)
class ChannelAdmin(ServiceAdmin):
    form = VersionedForm
    right = Right.MANAGE_SHOP
    has_trail = True
    list_display = ("name", "code", "is_trusted", "is_active")
    list_filter = ("is_active", "is_trusted")
    search_fields = ("code", "name")
    search_help_text = _("Code or name")
    ordering = ("code", "uuid")

    def get_fields(self, request: HttpRequest, obj: Channel | None = None) -> list[str]:
        fields = ["name", "code", "is_trusted", "settings"]
        return [*fields, "is_active", "shown_version"] if obj else fields

    def get_readonly_fields(self, request: HttpRequest, obj: Channel | None = None) -> list[str]:
        return ["code"] if obj else []

    def save_model(
        self, request: HttpRequest, obj: Channel, form: VersionedForm, change: bool
    ) -> None:
        facts: dict[str, Any] = form.changed()
        if change:
            channel.update(channel=obj, expected_version=form.version, **facts)
            return
        made = channel.create(**facts)
        obj.pk, obj._state.adding = made.pk, False
