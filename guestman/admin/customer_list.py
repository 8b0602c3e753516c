"""The list of customers. Other apps add columns and filters (``shopman.lists``)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from guestman.admin.filters import ByAssignee, ByGroup, ByOrganization
from guestman.admin.header import STATUS_TONES
from guestman.admin.panels import CUSTOMER_PAGE
from guestman.models import Customer
from guestman.services import search
from shopman.admin.filters import LocalDaysFilter
from shopman.admin.listing import ListAdmin, Similar
from shopman.contact import readable


class CustomerList(ListAdmin):
    """Customers, the last changed first. Ordered by what an index on the customer has."""

    list_page = CUSTOMER_PAGE
    list_display = ("who", "reach", "group_name", "standing")
    list_display_end = ("changed",)
    list_per_page = 25
    list_filter = (
        ("status", ChoicesDropdownFilter),
        ByGroup,
        ByOrganization,
        ByAssignee,
        ("customer_type", ChoicesDropdownFilter),
        ("created_at", LocalDaysFilter),
        ("updated_at", LocalDaysFilter),
    )
    list_filter_submit = True
    list_select_related = ("group",)
    # Shows the search box; ``search`` decides.
    search_fields = ("search_text",)
    search_help_text = _("Name, code, document, phone or e-mail")
    similar_note = _("Nobody has exactly this. These names are similar:")
    ordering = ("-updated_at", "-uuid")

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        if not text.strip():
            return rows
        condition = search.matches(text)
        return rows.none() if condition is None else rows.filter(condition)

    def similar(self, request: HttpRequest, rows: QuerySet[Any], text: str) -> Similar | None:
        likes = search.similar(rows, text)
        found = rows.in_bulk(likes.keys)
        return Similar(
            rows=[found[key] for key in likes.keys if key in found], is_partial=likes.is_partial
        )

    @display(description=_("customer"), header=True, ordering="first_name")
    def who(self, row: Customer) -> list[str]:
        return [row.name or row.code, row.code if row.name else ""]

    @display(description=_("contact"), header=True)
    def reach(self, row: Customer) -> list[str]:
        phone = readable(row.phone)
        return [phone or row.email or "–", row.email if phone else ""]

    @display(description=_("group"))
    def group_name(self, row: Customer) -> str:
        return row.group.name if row.group else "–"

    @display(description=_("status"), label=STATUS_TONES)
    def standing(self, row: Customer) -> tuple[str, str]:
        return row.status, row.get_status_display()

    @display(description=_("changed"), ordering="updated_at")
    def changed(self, row: Customer) -> str:
        return date_format(timezone.localtime(row.updated_at), "SHORT_DATE_FORMAT")
