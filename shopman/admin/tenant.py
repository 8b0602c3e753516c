"""Tenants, hosts, organizations and members in the admin."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline

from shopman import tenancy
from shopman.admin.base import OwnerAdmin
from shopman.models import (
    Membership,
    MembershipOrganization,
    Organization,
    Tenant,
    TenantDomain,
)
from shopman.tenancy import staff
from shopman.tenancy.rights import Right


class DomainInline(TabularInline):  # type: ignore[misc]  # the theme is untyped
    """Host names of a shop; superusers change them."""

    model = TenantDomain
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return staff.access(request) is not None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return staff.is_superuser(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return staff.is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return staff.is_superuser(request)


@admin.register(Tenant)
class TenantModelAdmin(OwnerAdmin):
    """Owners see and change their own shop; superusers every shop and its hosts."""

    list_display = ("name", "slug", "default_currency", "time_zone", "locale", "is_active")
    search_fields = ("name", "slug")
    search_help_text = _("Name or short name")
    ordering = ("name", "uuid")
    list_filter = ("is_active", "default_currency")
    inlines: ClassVar[Any] = [DomainInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tenant]:
        rows: QuerySet[Tenant] = super().get_queryset(request)
        return rows if staff.is_superuser(request) else rows.filter(pk=tenancy.current().pk)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # Amounts are stored in this currency, addresses and commands name the slug.
        fixed = ("slug", "default_currency") if obj is not None else ()
        return fixed if staff.is_superuser(request) else (*fixed, "is_active")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return staff.is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Organization)
class OrganizationAdmin(OwnerAdmin):
    """Companies and branches of the shop in use."""

    list_display = ("name", "slug")
    search_fields = ("name", "slug")
    search_help_text = _("Name or short name")
    ordering = ("name", "uuid")


class LimitInline(TabularInline):  # type: ignore[misc]  # the theme is untyped
    """Organizations a member is limited to; none means all."""

    model = MembershipOrganization
    extra = 0
    autocomplete_fields = ("organization",)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return staff.access(request) is not None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _may_manage(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _may_manage(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _may_manage(request)


@admin.register(Membership)
class MembershipAdmin(OwnerAdmin):
    """Who works for the shop in use, in which role and for which organizations."""

    list_display = ("user", "role")
    list_filter = ("role",)
    list_select_related = ("user",)
    search_fields = ("user__username",)
    search_help_text = _("User name")
    autocomplete_fields = ("user",)
    inlines: ClassVar[Any] = [LimitInline]


def _may_manage(request: HttpRequest) -> bool:
    return staff.may(request, Right.MANAGE_SHOP)
