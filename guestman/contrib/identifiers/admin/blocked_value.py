"""Values that name nobody in this shop."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from guestman.contrib.identifiers.models import BlockedValue
from guestman.contrib.identifiers.services import blocking
from shopman import trail_words
from shopman.admin.acts import ActForm, Text
from shopman.admin.service import ServiceAdmin


class UnblockValue(ActForm):
    title = _("Take this value off the list")
    lead = _("From then on it may name a customer again.")
    submit = _("Unblock")

    def act(self) -> Text:
        blocking.unblock(blocked_value=self.subject.pk)
        return _("The value is not blocked any more.")


@admin.register(BlockedValue)
class BlockedValueAdmin(ServiceAdmin):
    """The shop's own numbers and addresses, and domains that relay the mail of orders."""

    list_display = ("key", "family", "reason", "by", "created_at")
    list_filter = ("family",)
    fields = ("family", "key", "reason")
    ordering = ("-created_at", "-uuid")
    actions_detail = ("unblock",)
    contact_fields = frozenset({"key"})

    @display(description=_("by"))
    def by(self, row: BlockedValue) -> str:
        return trail_words.someone(row.created_by) or "–"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: BlockedValue, form: Any, change: bool) -> None:
        made = blocking.block(
            family=form.cleaned_data["family"],
            value=form.cleaned_data["key"],
            reason=form.cleaned_data["reason"],
        )
        obj.pk, obj.key = made.pk, made.key
        obj._state.adding = False

    def address_after_act(self, subject: Any) -> str:
        return reverse(f"{self.admin_site.name}:guestman_identifiers_blockedvalue_changelist")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        if not self.may_write(request):
            return []
        offered: list[Any] = super().get_actions_detail(request, object_id)
        return offered

    @action(description=_("Unblock"), url_path="unblock")
    def unblock(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.act(request, object_id, UnblockValue)
