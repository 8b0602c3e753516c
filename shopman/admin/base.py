"""Bases of the admin's pages: whose rows are shown, and who may change them."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib.admin import ShowFacets
from django.contrib.admin.options import IncorrectLookupParameters
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin
from unfold.paginator import InfinitePaginator

from shopman import masking
from shopman.admin.widgets import KeySelect
from shopman.models import OrganizationModel, of_organizations
from shopman.tenancy import staff
from shopman.tenancy.rights import Right


class TenantAdmin(ModelAdmin):  # type: ignore[misc]  # the theme is untyped
    """Rows of the tenant in use, for the staff who work there.

    Whoever works there may look; the role's rights decide who may change. Members of some
    organizations see the rows of those and what is shared. Nothing is deleted; lists are not
    counted.
    """

    #: Columns that hold a contact or, as JSON or text, may contain one: masked for a reader who may
    #: not see it (``shopman.masking``), and no filter of an address looks into them then.
    contact_fields: ClassVar[frozenset[str]] = frozenset()
    #: What it takes to change these rows.
    right: ClassVar[Right] = Right.CHANGE

    list_fullwidth = True
    list_per_page = 50
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    paginator = InfinitePaginator

    class Media:
        css: ClassVar = {"all": ["shopman/admin.css", "shopman/record.css", "shopman/charts.css"]}

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

    def hide(self, row: Any) -> None:
        """Mask a row's contacts for whoever may not see them, on its way to a page."""
        whose = self.customer_of(row)
        if not self.contact_fields or masking.sees(whose):
            return
        # A column that was not read is not shown.
        for name in self.contact_fields & row.__dict__.keys():
            setattr(row, name, masking.masked_facts({name: getattr(row, name)})[name])

    def customer_of(self, row: Any) -> UUID | None:
        """The customer a row is about."""
        found: UUID | None = getattr(row, "customer_id", None) or getattr(
            row, "customer_uuid", None
        )
        return found

    def title_of(self, row: Any) -> str:
        """What a record's page is called: what people call the record."""
        return str(row)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, called what the menu calls it."""
        title = capfirst(self.opts.verbose_name_plural)
        shown = {"title": title, **(extra_context or {})}
        answer: HttpResponse = super().changelist_view(request, shown)
        return answer

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        field: forms.Field | None = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(db_field, models.DateTimeField) and field and not field.help_text:
            zone = timezone.get_current_timezone_name()
            field.help_text = _("In the shop's time, %(zone)s.") % {"zone": zone.replace("_", " ")}
        return field

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KeySelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        if any("\0" in text for _name, texts in request.GET.lists() for text in texts):
            # PostgreSQL takes no such text; the list says that the address is odd.
            raise IncorrectLookupParameters
        found = super().get_changelist_instance(request)
        for row in found.result_list:
            self.hide(row)
        return found

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if (row := kwargs.get("obj")) is not None:
            self.hide(row)
            context["subtitle"] = self.title_of(row)
            # The theme's heading is made of the record itself; ours reads this.
            request.record_title = context["subtitle"]  # type: ignore[attr-defined]
        answer: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return answer

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        own = super().get_readonly_fields(request, obj)
        if obj is None or masking.sees(self.customer_of(obj)):
            return own
        return (*own, *(name for name in sorted(self.contact_fields) if name not in own))

    def get_sortable_by(self, request: HttpRequest) -> Any:
        names = super().get_sortable_by(request)
        if masking.sees():
            return names
        return [name for name in names if self._sorts_by(name) not in self.contact_fields]

    def _sorts_by(self, name: Any) -> str:
        shown = getattr(self, name, None) if isinstance(name, str) else name
        field = getattr(shown, "admin_order_field", name)
        return field.lstrip("-") if isinstance(field, str) else ""

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """No address asks a masked column how it begins: that would be reading it in steps.

        None asks with a pattern of its own either, which a database may take very long to match.
        """
        if lookup.endswith(("__regex", "__iregex")):
            return False
        if not masking.sees() and lookup.partition("__")[0] in self.contact_fields:
            return False
        allowed: bool = super().lookup_allowed(lookup, value, request)
        return allowed

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        access = staff.access(request)
        if access is None or not issubclass(self.model, OrganizationModel):
            return rows
        return rows.filter(of_organizations(access.organizations))


class ReadOnlyAdmin(TenantAdmin):
    """Rows that staff look at; they change by acts, if at all."""

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        # Django's own log has nothing of them.
        context["show_history"] = False
        return super().render_change_form(request, context, *args, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OwnerAdmin(TenantAdmin):
    """Rows that only whoever manages the shop changes, and deletes."""

    right = Right.MANAGE_SHOP

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_write(request)
