"""Imports of customers: the list, and the way from a file to its result."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from guestman.contrib.imports import tasks
from guestman.contrib.imports.admin import page, words
from guestman.contrib.imports.admin.forms import ColumnsForm, RevertForm, UploadForm
from guestman.contrib.imports.models import ImportRun
from guestman.contrib.imports.services import counts as counting
from guestman.contrib.imports.services import uploads
from shopman import audit, clock, trail_words
from shopman.admin.acts import blame
from shopman.admin.base import ReadOnlyAdmin
from shopman.admin.service import ServiceAdmin
from shopman.conf import conf
from shopman.errors import Failure
from shopman.tenancy import staff
from shopman.tenancy.rights import Right

#: Seconds of work in one look at the page.
SECONDS_A_LOOK = 1.5
#: Tells htmx that there is no more to ask for: the whole page is made again.
_DONE = {"HX-Refresh": "true"}


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin, ServiceAdmin):
    right = Right.BULK
    list_display = ("file_name", "when", "standing", "new", "known", "left_out", "by")
    list_filter = (("status", ChoicesDropdownFilter),)
    list_filter_submit = True
    search_fields = ("file_name", "source")
    search_help_text = gettext_lazy("File or source")
    ordering = ("-started_at", "-uuid")
    sortable_by = ("when",)

    class Media:
        css: ClassVar = {"all": ["shopman/parts.css", "shopman/list.css"]}

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path(f"<uuid:uuid>/{name}/", wrap(view), name=f"guestman_import_{name}")
            for name, view in (
                ("columns", self.columns),
                ("progress", self.progress),
                ("start", self.start),
                ("revert", self.revert),
                ("rejects", self.rejects),
            )
        ] + list(super().get_urls())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may_write(request)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page on which a file is sent."""
        self._require_bulk(request)
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            try:
                run = uploads.receive(name=file.name, size=file.size, chunks=file.chunks())
            except Failure as failure:
                form.add_error("file", _(failure.detail))
            else:
                return self._to("columns", run)
        return self._shown(request, "upload", {"title": _("Import customers"), "form": form})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page of a run."""
        run = self.get_object(request, object_id)
        if run is None:
            return self.not_there(request, object_id)
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method == "POST" and not self.may_write(request):
            raise PermissionDenied
        if run.status == ImportRun.Status.DRAFT and self.may_write(request):
            return self._to("columns", run)
        return self._shown(request, "run", {"title": run.file_name, **page.facts(request, run)})

    def columns(self, request: HttpRequest, uuid: str) -> HttpResponse:
        """Asks which column is which field, and begins the preview."""
        self._require_bulk(request)
        run = self.get_object(request, str(uuid))
        if run is None:
            return self.not_there(request, str(uuid))
        try:
            table = uploads.table_of(run)
        except Failure as failure:
            messages.error(request, _(failure.detail))
            return HttpResponseRedirect(self._list())
        sent = request.POST if request.method == "POST" else None
        form = ColumnsForm(sent, run=run, table=table)
        if sent is not None and form.is_valid():
            try:
                run = uploads.choose(
                    run=run.pk, mapping=form.mapping(), is_trusted=form.cleaned_data["is_trusted"]
                )
            except Failure as failure:
                blame(form, failure)
            else:
                tasks.request(run)
                return self._to_run(run)
        shown = {"title": run.file_name, "run": run, "form": form, "told": words.told(table)}
        return self._shown(request, "columns", shown)

    def progress(self, request: HttpRequest, uuid: str) -> HttpResponse:
        """The head of the page alone; with each look the work goes on where no worker does it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        run = self.get_object(request, str(uuid))
        if run is None:
            return self.not_there(request, str(uuid))
        if self.may_write(request) and run.status in uploads.WORKING and _is_left_to_pages(run):
            run = uploads.advance(run.pk, seconds=SECONDS_A_LOOK)
        headers = None if run.status in uploads.WORKING else _DONE
        template = "guestman_imports/admin/progress.html"
        return TemplateResponse(request, template, page.state(run), headers=headers)

    def start(self, request: HttpRequest, uuid: str) -> HttpResponse:
        """Imports what was previewed."""
        self._require_bulk(request)
        run = self.get_object(request, str(uuid))
        if run is None:
            return self.not_there(request, str(uuid))
        if request.method == "POST":
            try:
                run = uploads.start(run=run.pk)
                tasks.request(run)
            except Failure as failure:
                messages.error(request, _(failure.detail))
        return self._to_run(run)

    def revert(self, request: HttpRequest, uuid: str) -> HttpResponse:
        """Asks, and begins to take the import back."""
        answer = self.act(request, str(uuid), RevertForm)
        if request.method == "POST" and answer.status_code == 302:
            tasks.request(uploads.find(self.get_object(request, str(uuid)).pk))
        return answer

    def rejects(self, request: HttpRequest, uuid: str) -> HttpResponse:
        """The rows that were left out, as a file. It is audited."""
        if not staff.may(request, Right.EXPORT):
            raise PermissionDenied
        run = self.get_object(request, str(uuid))
        if run is None:
            return self.not_there(request, str(uuid))
        try:
            header = uploads.table_of(run).header
        except Failure:
            header = ()
        audit.record(subject=run.subject, action="import.rejects")
        name = slugify(run.file_name.partition(".")[0]) or "import"
        return HttpResponse(
            page.rejects_csv(run, header),
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="{name}-rejects.csv"',
                "Cache-Control": "no-store, private",
                "X-Content-Type-Options": "nosniff",
            },
        )

    @display(description=gettext_lazy("started"), ordering="started_at")
    def when(self, row: ImportRun) -> Any:
        return row.started_at

    @display(description=gettext_lazy("status"), label=words.TONES)
    def standing(self, row: ImportRun) -> tuple[str, str]:
        return row.status, row.get_status_display()

    @display(description=gettext_lazy("by"))
    def by(self, row: ImportRun) -> str:
        return trail_words.someone(row.actor_label) or "–"

    @display(description=gettext_lazy("new customers"))
    def new(self, row: ImportRun) -> int:
        return counting.of(row.counts).created

    @display(description=gettext_lazy("existing customers"))
    def known(self, row: ImportRun) -> int:
        counts = counting.of(row.counts)
        return counts.matched + counts.enriched + counts.same

    @display(description=gettext_lazy("left out"))
    def left_out(self, row: ImportRun) -> int:
        counts = counting.of(row.counts)
        return counts.conflict + counts.rejected

    def _require_bulk(self, request: HttpRequest) -> None:
        if not self.may_write(request):
            raise PermissionDenied

    def _shown(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        whole = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "back": self._list(),
            **context,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, f"guestman_imports/admin/{name}.html", whole)

    def _list(self) -> str:
        return reverse(f"{self.admin_site.name}:guestman_imports_importrun_changelist")

    def _to(self, name: str, run: ImportRun) -> HttpResponse:
        return HttpResponseRedirect(
            reverse(f"{self.admin_site.name}:guestman_import_{name}", args=[run.pk])
        )

    def _to_run(self, run: ImportRun) -> HttpResponse:
        return HttpResponseRedirect(
            reverse(f"{self.admin_site.name}:guestman_imports_importrun_change", args=[run.pk])
        )


def _is_left_to_pages(run: ImportRun) -> bool:
    quiet = clock.now() - run.updated_at
    return not conf.JOB_WORKERS or quiet > dt.timedelta(seconds=conf.JOB_PATIENCE_SECONDS)
