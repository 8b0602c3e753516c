"""Tenants, hosts, organizations and members in the admin."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from shopman import tenancy
from shopman.admin.acts import dress
from shopman.admin.base import OwnerAdmin
from shopman.admin.service import ServiceAdmin
from shopman.admin.widgets import KeySelect
from shopman.models import (
    Membership,
    MembershipOrganization,
    Organization,
    Tenant,
    TenantDomain,
)
from shopman.tenancy import staff, team
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

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        kwargs.setdefault("widget", KeySelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return staff.access(request) is not None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _may_manage(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _may_manage(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _may_manage(request)


class NewMemberForm(forms.ModelForm):  # type: ignore[type-arg]  # the base is not generic at run time
    """Somebody to add to the team, with an account or without one yet."""

    blames: ClassVar = {"user_name_taken": "username", "already_on_the_team": "username"}

    username = forms.CharField(label=_("User name"), max_length=150)
    password = forms.CharField(
        label=_("First password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("For a new account. Leave it empty for somebody who has one already."),
    )

    class Meta:
        model = Membership
        fields: ClassVar = ["username", "password", "role"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("username", "password"):
            dress(self.fields[name])

    def _post_clean(self) -> None:
        # The service decides what is valid.
        pass


@admin.register(Membership)
class MembershipAdmin(OwnerAdmin, ServiceAdmin):
    """Who works for the shop in use, in which role and for which organizations."""

    list_display = ("user", "role")
    list_filter = ("role",)
    list_select_related = ("user",)
    search_fields = ("user__username",)
    search_help_text = _("User name")
    fields: ClassVar = ("person", "role")
    inlines: ClassVar[Any] = [LimitInline]

    def get_form(
        self,
        request: HttpRequest,
        obj: Membership | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> Any:
        if obj is None:
            kwargs.setdefault("form", NewMemberForm)
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Membership | None = None) -> Any:
        return self.fields if obj else NewMemberForm.Meta.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("person",) if obj else ()

    @display(description=_("user"))
    def person(self, row: Membership) -> str:
        """Accounts are not of one shop: their own pages would refuse most readers of this one."""
        return str(row.user)

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        if change:
            team.change_role(membership=obj, role=form.cleaned_data["role"])
            return
        made = team.join(**form.cleaned_data)
        obj.pk, obj.user, obj.tenant = made.pk, made.user, made.tenant
        obj._state.adding = False

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        team.leave(membership=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        for row in queryset.order_by("uuid"):
            team.leave(membership=row)


def _may_manage(request: HttpRequest) -> bool:
    return staff.may(request, Right.MANAGE_SHOP)
