"""Bases of the admin's pages: whose rows are shown, and who may change them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.admin import ShowFacets
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.paginator import InfinitePaginator

from shopman.models import Membership, OrganizationModel, of_organizations
from shopman.tenancy import staff


class TenantAdmin(ModelAdmin):  # type: ignore[misc]  # the theme is untyped
    """Rows of the tenant in use, for the staff who work there.

    The membership's role decides: ``read_only`` may look, the others may change. Members of some
    organizations see the rows of those and what is shared. Nothing is deleted; lists are not
    counted.
    """

    list_fullwidth = True
    list_per_page = 50
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    paginator = InfinitePaginator

    class Media:
        css: ClassVar = {"all": ["shopman/admin.css", "shopman/charts.css"]}

    def may_write(self, request: HttpRequest) -> bool:
        """Whether the member of staff may change anything here."""
        access = staff.access(request)
        return access is not None and access.may_write

    def has_module_permission(self, request: HttpRequest) -> bool:
        return staff.access(request) is not None

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return staff.access(request) is not None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may_write(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_write(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        access = staff.access(request)
        if access is None or not issubclass(self.model, OrganizationModel):
            return rows
        return rows.filter(of_organizations(access.organizations))


class ReadOnlyAdmin(TenantAdmin):
    """Rows that staff look at; they change by acts, if at all."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OwnerAdmin(TenantAdmin):
    """Rows that only owners of the shop change."""

    def may_write(self, request: HttpRequest) -> bool:
        access = staff.access(request)
        return access is not None and access.role == Membership.Role.OWNER

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_write(request)
