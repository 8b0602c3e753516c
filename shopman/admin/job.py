"""Background jobs: the list of them, and the page on which one is watched."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from shopman import audit, clock, jobs
from shopman.admin.base import ReadOnlyAdmin
from shopman.admin.kinds import job_title
from shopman.conf import conf
from shopman.errors import Failure
from shopman.models import Job
from shopman.tenancy import staff
from shopman.tenancy.rights import Right

#: htmx stops asking when an answer has this status.
STOP_POLLING = 286
#: Seconds of work in one look at the page.
SECONDS_A_LOOK = 1.0
#: Rows not done that the page lists.
FAILURES_SHOWN = 200
TONES = {
    "waiting": "info",
    "running": "info",
    "done": "success",
    "cancelled": "warning",
    "failed": "danger",
}


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """One's own jobs; owners of the shop see everybody's."""

    list_display = ("what", "user", "standing", "progress", "created_at")
    list_filter = (("status", ChoicesDropdownFilter),)
    list_filter_submit = True
    list_select_related = ("user",)
    ordering = ("-created_at", "-uuid")
    fields: ClassVar = ("kind",)

    class Media:
        css: ClassVar = {"all": ["shopman/list.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        rows: QuerySet[Job] = super().get_queryset(request)
        if staff.may(request, Right.MANAGE_SHOP):
            return rows
        return rows.filter(user=request.user.pk)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<path:object_id>/download/", wrap(self.download), name="shopman_job_download"),
            path("<path:object_id>/cancel/", wrap(self.cancel), name="shopman_job_cancel"),
            *super().get_urls(),
        ]

    @display(description=gettext_lazy("job"))
    def what(self, row: Job) -> str:
        return job_title(row.kind)

    @display(description=gettext_lazy("status"), label=TONES)
    def standing(self, row: Job) -> tuple[str, str]:
        return row.status, row.get_status_display()

    @display(description=gettext_lazy("rows"))
    def progress(self, row: Job) -> str:
        return f"{row.seen_count} / {'–' if row.total_count is None else row.total_count}"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The progress of a job; with each look the job goes on where no worker does it."""
        job = self.get_object(request, object_id)
        if job is None:
            return self._not_there(request, object_id)
        if job.is_open and _is_left_to_pages(job):
            job = jobs.advance(job.pk, seconds=SECONDS_A_LOOK)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": job_title(job.kind),
            "job": job,
            "tone": TONES[job.status],
            "sentence": sentence(job),
            "failures": job.failures.order_by("label", "uuid")[:FAILURES_SHOWN],
            "row_list": _list_address(self.admin_site.name, job.page),
            "has_file": jobs.result_file(job) is not None and self._may_download(request, job),
            "keep_days": conf.JOB_RESULT_KEEP_DAYS,
        }
        request.current_app = self.admin_site.name
        is_poll = request.headers.get("HX-Request") == "true"
        status = STOP_POLLING if is_poll and not job.is_open else 200
        return TemplateResponse(request, "shopman/admin/job.html", context, status=status)

    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Stops a job that is still open."""
        job = self.get_object(request, object_id)
        if job is None:
            return self._not_there(request, object_id)
        if request.method == "POST":
            try:
                jobs.cancel(job=job)
            except Failure as failure:
                messages.error(request, _(failure.detail))
        return HttpResponseRedirect(reverse("admin:shopman_job_change", args=[job.pk]))

    def download(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """The file a job made, for whoever started it and may still export. It is audited."""
        if not staff.may(request, Right.EXPORT):
            raise PermissionDenied
        job = self.get_object(request, object_id)
        if job is None:
            return self._not_there(request, object_id)
        if not self._may_download(request, job):
            raise PermissionDenied
        found = jobs.result_file(job)
        if found is None:
            raise Http404
        audit.record(subject=job.subject, action="job.download")
        name = f"{job.kind.replace('.', '-')}-{job.created_at:%Y-%m-%d}{found.suffix}"
        answer = FileResponse(found.open("rb"), as_attachment=True, filename=name)
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Cache-Control"] = "no-store, private"
        return answer

    def _not_there(self, request: HttpRequest, object_id: str) -> HttpResponse:
        answer: HttpResponse = self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return answer

    def _may_download(self, request: HttpRequest, job: Job) -> bool:
        # What others may see of contacts may be less than what its maker saw.
        return staff.may(request, Right.EXPORT) and job.user_id == request.user.pk


def sentence(job: Job) -> str:
    """Where a job is, in one sentence."""
    numbers = {"done": job.seen_count, "total": job.total_count or 0}
    if job.status == Job.Status.WAITING:
        return _("Waiting for its turn.")
    if job.status == Job.Status.RUNNING:
        if job.is_read:
            return _("The file is being written.")
        return _("%(done)s of %(total)s rows.") % numbers
    if job.status == Job.Status.CANCELLED:
        return _("Cancelled after %(done)s rows. What was done stays done.") % numbers
    if job.status == Job.Status.FAILED:
        return _(job.problem) if job.problem else _("It could not be done.")
    done = ngettext("Done: %(count)s row.", "Done: %(count)s rows.", job.done_count)
    if not job.failed_count:
        return done % {"count": job.done_count}
    rest = ngettext(
        "%(count)s could not be done.", "%(count)s could not be done.", job.failed_count
    )
    return f"{done % {'count': job.done_count}} {rest % {'count': job.failed_count}}"


def _is_left_to_pages(job: Job) -> bool:
    quiet = clock.now() - job.touched_at
    return not conf.JOB_WORKERS or quiet > dt.timedelta(seconds=conf.JOB_PATIENCE_SECONDS)


def _list_address(site: str, page: str) -> str:
    return reverse(f"{site}:{page.replace('.', '_')}_changelist")
