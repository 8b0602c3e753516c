"""Contacts and the history of their verification."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display

from guestman.admin import trail, verifications
from guestman.admin.acts import MakeContactPrimary, ReleaseContact, RemoveContact, VerifyContact
from guestman.admin.part import PartAdmin
from guestman.models import ContactPoint, ContactVerification
from shopman import masking
from shopman.admin.base import ReadOnlyAdmin, TenantAdmin
from shopman.admin.shown import Badge
from shopman.contact import readable


@admin.register(ContactPoint)
class ContactPointAdmin(PartAdmin):
    list_display = ("shown", "kind", "owner", "proof", "is_primary", "released_at")
    list_filter = (
        ("kind", ChoicesDropdownFilter),
        ("evidence", ChoicesDropdownFilter),
        ("released_at", admin.EmptyFieldListFilter),
    )
    fields = (
        "owner",
        ("kind", "value"),
        ("canonical", "is_primary"),
        ("proof", "verified_at"),
        ("is_shared", "came_from"),
        ("created_at", "released_at"),
    )
    readonly_fields = (
        "owner",
        "proof",
        "canonical",
        "is_primary",
        "verified_at",
        "released_at",
        "came_from",
    )
    actions_detail = ("verify", "make_primary", "release", "remove")

    contact_fields = frozenset({"value", "canonical", "match_key", "variant_key"})

    def has_act_on(self, row: ContactPoint) -> bool:
        return row.released_at is None

    @display(description=_("contact"), ordering="match_key")
    def shown(self, row: ContactPoint) -> str:
        return readable(row.canonical)

    @display(
        description=_("verification"),
        label={"V": "success", "A": "info", "U": "warning"},
        ordering="evidence",
    )
    def proof(self, row: ContactPoint) -> Badge:
        how = row.get_verification_method_display() if row.is_verified else _("Not verified")
        return Badge(row.evidence, str(how))

    @display(description=_("source"))
    def came_from(self, row: ContactPoint) -> str:
        return trail.source(row.source) or "–"

    @action(description=_("Mark as verified"), url_path="verify")
    def verify(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.act(request, object_id, VerifyContact)

    @action(description=_("Make primary"), url_path="make-primary")
    def make_primary(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.act(request, object_id, MakeContactPrimary)

    @action(description=_("Release"), url_path="release")
    def release(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.act(request, object_id, ReleaseContact)

    @action(description=_("Remove"), url_path="remove")
    def remove(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.act(request, object_id, RemoveContact)


@admin.register(ContactVerification)
class ContactVerificationAdmin(ReadOnlyAdmin, TenantAdmin):
    contact_fields = frozenset({"reference"})
    list_display = ("at", "contact", "change", "method", "by", "reference")
    list_filter = (("change", ChoicesDropdownFilter), ("method", ChoicesDropdownFilter))
    list_select_related = ("contact_point",)
    search_fields = ("=contact_point__match_key", "=actor", "=reference")
    search_help_text = _("Number or address in full, actor or reference")
    ordering = ("-uuid",)
    fields = ("at", "contact", "change", "method", "by", "reference", "came_from")
    readonly_fields: Any = ("contact", "by", "came_from")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        found = super().get_changelist_instance(request)
        names = verifications.actors({row.actor for row in found.result_list})
        for row in found.result_list:
            row.told_by = names[row.actor]
        return found

    def title_of(self, row: ContactVerification) -> str:
        return f"{row.get_change_display()}: {self._value(row)}"

    def customer_of(self, row: ContactVerification) -> UUID | None:
        return row.contact_point.customer_id

    @display(description=_("contact"))
    def contact(self, row: ContactVerification) -> SafeString:
        address = reverse("admin:guestman_contactpoint_change", args=[row.contact_point_id])
        return format_html('<a href="{}">{}</a>', address, self._value(row))

    @display(description=_("by"))
    def by(self, row: ContactVerification) -> str:
        told = getattr(row, "told_by", None)
        return told or verifications.actors({row.actor})[row.actor]

    @display(description=_("source"))
    def came_from(self, row: ContactVerification) -> str:
        return trail.source(row.source) or "–"

    def _value(self, row: ContactVerification) -> str:
        return readable(masking.contact(row.contact_point.value, customer=self.customer_of(row)))
