"""Sessions of customers, which staff may end."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from doorman.models import CustomerSession
from doorman.services import session
from shopman.admin.base import ReadOnlyAdmin


@admin.register(CustomerSession)
class CustomerSessionAdmin(ReadOnlyAdmin):
    """Without secrets; staff may end a session."""

    fields = (
        "uuid", "customer_uuid", "device", "amr", "auth_time", "created_at", "last_seen_at",
        "rotated_at", "expires_at", "ended_at", "end_reason",
    )  # fmt: skip
    list_display = (
        "customer_uuid", "device", "auth_time", "last_seen_at", "expires_at", "ended_at",
        "end_reason",
    )  # fmt: skip
    list_filter = (("ended_at", admin.EmptyFieldListFilter),)
    search_fields = ("=customer_uuid", "=uuid")
    ordering = ("-uuid",)
    actions = ("end",)

    def has_end_permission(self, request: HttpRequest) -> bool:
        return self.may_write(request)

    @admin.action(description=_("End the chosen sessions"), permissions=["end"])
    def end(self, request: HttpRequest, queryset: QuerySet[CustomerSession]) -> None:
        keys = list(queryset.filter(ended_at__isnull=True).values_list("pk", flat=True))
        session.close_many(session_uuids=keys, reason="ended_by_staff")
        text = ngettext("%d session was ended.", "%d sessions were ended.", len(keys))
        self.message_user(request, text % len(keys), messages.SUCCESS)
