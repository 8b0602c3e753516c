"""Work on many rows of a list: chosen there, described on a page, done in the background."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin

from shopman import jobs
from shopman.admin.acts import blame, dress
from shopman.errors import Failure
from shopman.jobs import JobForm, Kind
from shopman.lists import UnknownListParameter
from shopman.tenancy import staff

#: A selection is counted so far; more are "more than" that.
COUNTED = 10_000


class BulkActions(ModelAdmin):  # type: ignore[misc]  # the theme is untyped
    """A list whose rows can be worked on together, by the kinds registered for its page."""

    list_page: ClassVar[str]

    def rows_found(self, request: HttpRequest, keys: Sequence[str] | None) -> QuerySet[Any]:
        """The rows of ticked keys, or all that the request's query string finds."""
        raise NotImplementedError

    def rows_matching(self, request: HttpRequest, query: str) -> QuerySet[Any]:
        """The rows that a query string of the list finds."""
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        begin = self.admin_site.admin_view(self.begin_job)
        name = f"{self.opts.app_label}_{self.opts.model_name}_job"
        return [path("job/<str:kind>/", begin, name=name), *super().get_urls()]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        offered: dict[str, Any] = super().get_actions(request)
        for kind in jobs.kinds(self.list_page):
            if staff.may(request, kind.right):
                offered[kind.key] = (_opener(kind), kind.key, str(kind.title))
        return offered

    def open_job(self, request: HttpRequest, kind: Kind) -> HttpResponse:
        """The page that says what will be done with the rows chosen in the list."""
        everything = request.POST.get("select_across") == "1"
        keys = None if everything else request.POST.getlist(ACTION_CHECKBOX_NAME)
        return self._describe(request, kind, keys, request.GET.urlencode())

    def begin_job(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Starts the job that was described, or describes it again where something is wrong."""
        known = jobs.kind(kind)
        if known.page != self.list_page or not staff.may(request, known.right):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseRedirect(self.list_address())
        query = request.POST.get("query", "")
        keys = None if "everything" in request.POST else request.POST.getlist("keys")
        form = _form(known, request, request.POST)
        if form is None or form.is_valid():
            try:
                job = jobs.start(
                    kind=kind,
                    user=request.user,
                    parameters=form.parameters() if form else {},
                    keys=keys,
                    query=query,
                )
            except Failure as failure:
                if form is not None:
                    blame(form, failure)
                messages.error(request, _(failure.detail))
            else:
                address = reverse(f"{self.admin_site.name}:shopman_job_change", args=[job.pk])
                return HttpResponseRedirect(address)
        return self._describe(request, known, keys, query, form)

    def list_address(self, query: str = "") -> str:
        """Where the list is."""
        meta = self.opts
        name = f"{self.admin_site.name}:{meta.app_label}_{meta.model_name}_changelist"
        return reverse(name) + (f"?{query}" if query else "")

    def _describe(
        self,
        request: HttpRequest,
        kind: Kind,
        keys: Sequence[str] | None,
        query: str,
        form: JobForm | None = None,
    ) -> HttpResponse:
        form = form or _form(kind, request, None)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": kind.title,
            "kind": kind,
            "form": form,
            "keys": keys,
            "query": query,
            "chosen": self._chosen(request, keys, query),
            "action": reverse(
                f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_job",
                args=[kind.key],
            ),
            "back": self.list_address(query),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "shopman/admin/job_begin.html", context)

    def _chosen(self, request: HttpRequest, keys: Sequence[str] | None, query: str) -> str:
        """How many rows it will be, counted no further than needed."""
        if keys is not None:
            count = len(keys)
        else:
            # The form of a refused job came by POST: its query is not the address's.
            count = self.rows_matching(request, query).order_by()[: COUNTED + 1].count()
        names = {"count": min(count, COUNTED), "name": self._noun(count)}
        if count > COUNTED:
            return _("More than %(count)s %(name)s") % names
        return ngettext("%(count)s %(name)s", "%(count)s %(name)s", count) % names

    def _noun(self, count: int) -> str:
        return str(self.opts.verbose_name if count == 1 else self.opts.verbose_name_plural)


def valid_keys(keys: Sequence[str]) -> list[UUID]:
    """The ticked keys. Raises UnknownListParameter for what is no key."""
    try:
        return [UUID(key) for key in keys]
    except ValueError as error:
        raise UnknownListParameter from error


def _form(kind: Kind, request: HttpRequest, sent: QueryDict | None) -> JobForm | None:
    if kind.form is None:
        return None
    form = kind.form(sent, request=request)
    for field in form.fields.values():
        dress(field)
    return form


def _opener(kind: Kind) -> Callable[[Any, HttpRequest, Any], HttpResponse]:
    def act(admin: BulkActions, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse:
        return admin.open_job(request, kind)

    return act
