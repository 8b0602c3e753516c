"""Bases of the admin's pages: whose rows are shown, and who may change them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.admin import ShowFacets
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.paginator import InfinitePaginator

from shopman.models import OrganizationModel, of_organizations
from shopman.tenancy import staff
from shopman.tenancy.rights import Right


class TenantAdmin(ModelAdmin):  # type: ignore[misc]  # the theme is untyped
    """Rows of the tenant in use, for the staff who work there.

    Whoever works there may look; the role's rights decide who may change. Members of some
    organizations see the rows of those and what is shared. Nothing is deleted; lists are not
    counted.
    """

    #: What it takes to change these rows.
    right: ClassVar[Right] = Right.CHANGE

    list_fullwidth = True
    list_per_page = 50
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    paginator = InfinitePaginator

    class Media:
        css: ClassVar = {"all": ["shopman/admin.css", "shopman/charts.css"]}

    def may_write(self, request: HttpRequest) -> bool:
        """Whether the member of staff may change anything here."""
        return staff.may(request, self.right)

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
    """Rows that only whoever manages the shop changes, and deletes."""

    right = Right.MANAGE_SHOP

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_write(request)
