"""Imports of past orders: what was read, and how far it got."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from omniman.models import ImportRun
from shopman import money
from shopman.admin.base import ReadOnlyAdmin


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    list_display = ("file_name", "mapping", "started_at", "status", "position", "new", "net")
    list_filter = ("status", "source")
    search_fields = ("file_name", "source")
    search_help_text = _("File or source")
    ordering = ("-started_at", "-uuid")
    fields = (
        ("file_name", "file_digest"),
        ("mapping", "source", "currency"),
        ("status", "position"),
        ("started_at", "updated_at", "finished_at"),
        ("new", "returned", "net"),
        ("lines", "there_already"),
    )
    readonly_fields = ("new", "returned", "net", "lines", "there_already")

    @admin.display(description=_("new orders"))
    def new(self, row: ImportRun) -> int:
        return int(row.counts["sale_count"] + row.counts["return_count"])

    @admin.display(description=_("of them returns"))
    def returned(self, row: ImportRun) -> int:
        return int(row.counts["return_count"])

    @admin.display(description=_("net total"))
    def net(self, row: ImportRun) -> str:
        amount = row.counts["sales_amount"] + row.counts["returns_amount"]
        return str(money.Money(amount, row.currency))

    @admin.display(description=_("lines"))
    def lines(self, row: ImportRun) -> int:
        return int(row.counts["line_count"])

    @admin.display(description=_("there already"))
    def there_already(self, row: ImportRun) -> int:
        return int(row.counts["existing_count"])
