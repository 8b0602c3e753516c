"""Filters of the lists."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from guestman.models import CustomerGroup
from shopman.models import Membership, Organization
from shopman.tenancy import staff


class ByGroup(DropdownFilter):  # type: ignore[misc]  # the theme is untyped
    """Groups of the shop in use."""

    title = _("group")
    parameter_name = "group"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = CustomerGroup.objects.order_by("-priority", "name", "uuid")
        return [(str(key), name) for key, name in rows.values_list("uuid", "name")[:200]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(group=self.value()) if self.value() else queryset


class ByOrganization(DropdownFilter):  # type: ignore[misc]  # the theme is untyped
    """Organizations the member of staff works for; hidden where the shop has none."""

    title = _("organization")
    parameter_name = "organization"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        access = staff.access(request)
        rows = Organization.objects.order_by("name", "uuid")
        if access is not None and access.organizations:
            rows = rows.filter(uuid__in=access.organizations)
        return [(str(key), name) for key, name in rows.values_list("uuid", "name")[:200]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(organization=self.value()) if self.value() else queryset


class ByAssignee(DropdownFilter):  # type: ignore[misc]  # the theme is untyped
    """Staff of the shop in use."""

    title = _("assigned to")
    parameter_name = "assigned_to"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = Membership.objects.order_by("user__username").values_list("user", "user__username")
        return [(str(key), name) for key, name in rows[:200]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        key = self.value()
        if not key:
            return queryset
        # Compared as text of one of the team: no column holds whatever number an address may name.
        known = {str(user) for user in Membership.objects.values_list("user", flat=True)}
        return queryset.filter(assigned_to=key) if key in known else queryset.none()
