"""Base of the pages of what belongs to a customer."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from guestman.models import Customer
from guestman.services.search import matches
from shopman.admin.base import ReadOnlyAdmin
from shopman.admin.service import ServiceAdmin


def matching_owners(rows: QuerySet[Any], search_term: str) -> QuerySet[Any]:
    """The rows whose customer a search finds; all of them for an empty one."""
    if not search_term.strip():
        return rows
    condition = matches(search_term)
    if condition is None:
        return rows.none()
    return rows.filter(customer__in=Customer.objects.filter(condition).values("uuid"))


class PartAdmin(ReadOnlyAdmin, ServiceAdmin):
    """Shown, never edited as such; its acts lead back to the customer's page."""

    list_select_related: Any = ("customer",)
    search_help_text = _("Name, code, document, phone or e-mail of the customer")
    search_fields = ("customer__search_text",)
    ordering: Any = ("-created_at", "-uuid")
    warn_unsaved_form = False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return matching_owners(queryset, search_term), False

    def has_act_on(self, row: Any) -> bool:
        """Whether a row is one that acts still make sense for."""
        return True

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        row = self.get_object(request, str(object_id))
        if row is None or not self.may_write(request) or not self.has_act_on(row):
            return []
        offered: list[Any] = super().get_actions_detail(request, object_id)
        return offered

    def address_after_act(self, subject: Any) -> str:
        return self.page_of(subject.customer)

    @display(description=_("customer"))
    def owner(self, row: Any) -> SafeString:
        return format_html('<a href="{}">{}</a>', self.page_of(row.customer), row.customer)
