"""Imports of past orders: what was read, how far it got, and which rows did not count."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from omniman.admin import import_page
from omniman.admin.import_page import IMPORT_PAGE
from omniman.models import ImportRun
from shopman import audit
from shopman.admin.base import ReadOnlyAdmin
from shopman.admin.service import ServiceAdmin
from shopman.spreadsheets import as_file
from shopman.tenancy import staff
from shopman.tenancy.rights import Right

#: Tells htmx that there is no more to ask for: the whole page is made again.
_DONE = {"HX-Refresh": "true"}


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin, ServiceAdmin):
    panel_page = IMPORT_PAGE
    change_form_outer_before_template = "omniman/admin/import_progress.html"
    list_display = ("file_name", "when", "standing", "new", "same", "bad", "took")
    list_filter = ("status", "source")
    search_fields = ("file_name", "source")
    search_help_text = _("File or source")
    ordering = ("-started_at", "-uuid")
    sortable_by = ("when",)

    class Media:
        css: ClassVar = {"all": ["shopman/parts.css"]}

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<uuid:uuid>/progress/", wrap(self.progress), name="omniman_import_progress"),
            path("<uuid:uuid>/rejects/", wrap(self.rejects), name="omniman_import_rejects"),
            *super().get_urls(),
        ]

    def get_fieldsets(self, request: HttpRequest, obj: ImportRun | None = None) -> list[Any]:
        """None: the head and the panels say everything."""
        return []

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if (row := kwargs.get("obj")) is not None:
            context.update(import_page.progress(row), title=row.file_name)
        return super().render_change_form(request, context, *args, **kwargs)

    def progress(self, request: HttpRequest, uuid: str) -> HttpResponse:
        """The head of the page alone, asked for again and again while the import runs."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, str(uuid))
        if row is None:
            return self.not_there(request, str(uuid))
        facts = import_page.progress(row)
        headers = None if facts["state"] == "running" else _DONE
        return TemplateResponse(
            request, self.change_form_outer_before_template, facts, headers=headers
        )

    def rejects(self, request: HttpRequest, uuid: str) -> HttpResponseBase:
        """The rows that did not count, as a file; that somebody took it is remembered."""
        if not staff.may(request, Right.EXPORT):
            raise PermissionDenied
        row = self.get_object(request, str(uuid))
        if row is None:
            return self.not_there(request, str(uuid))
        audit.record(subject=f"import:{row.pk}", action="import.download_rejects")
        name = slugify(row.file_name.partition(".")[0]) or "import"
        return HttpResponse(
            "".join(import_page.as_csv(row)),
            content_type="text/csv; charset=utf-8",
            headers=as_file(f"{name}-rejects.csv"),
        )

    @display(description=_("started"), ordering="started_at")
    def when(self, row: ImportRun) -> Any:
        return row.started_at

    @display(
        description=_("status"), label={key: each[0] for key, each in import_page.STATES.items()}
    )
    def standing(self, row: ImportRun) -> tuple[str, str]:
        known = import_page.state(row)
        return known, str(import_page.STATES[known][1])

    @display(description=_("new orders"))
    def new(self, row: ImportRun) -> int:
        return int(row.counts["sale_count"] + row.counts["return_count"])

    @display(description=_("unchanged"))
    def same(self, row: ImportRun) -> int:
        return int(row.counts["existing_count"])

    @display(description=_("rejected rows"))
    def bad(self, row: ImportRun) -> int:
        return row.reject_count

    @display(description=_("duration"))
    def took(self, row: ImportRun) -> str:
        return import_page.duration(row)
