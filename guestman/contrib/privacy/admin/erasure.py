"""The list of erasures, and the pages on which a person is copied and erased."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from guestman.contrib.privacy.admin.forms import EraseForm
from guestman.contrib.privacy.admin.panel import may
from guestman.contrib.privacy.models import Erasure
from guestman.contrib.privacy.service import erase, export, preview_erasure
from guestman.errors import CustomerErased
from guestman.models import Customer
from guestman.services.suppression import erased_code
from shopman import subjects
from shopman.admin.acts import blame
from shopman.admin.base import ReadOnlyAdmin
from shopman.errors import Failure
from shopman.models import sole

#: Bytes of a copy that are in memory before it goes to a file.
IN_MEMORY = 1_000_000


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    list_display = ("at", "code", "reason", "stays_until")
    ordering = ("-at", "-uuid")
    fields: ClassVar = ["at", "code", "reason", "stays_until", "rows", "looked_at"]
    readonly_fields = ("code", "stays_until", "rows", "looked_at")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request)

    @display(description=_("record"))
    def code(self, row: Erasure) -> str:
        return erased_code(row.customer_uuid)

    @display(description=_("something is held until"))
    def stays_until(self, row: Erasure) -> str:
        until = max((hold["until"] for hold in row.holds), default="")
        return date_format(dt.date.fromisoformat(until)) if until else "–"

    @display(description=_("rows changed or deleted"))
    def rows(self, row: Erasure) -> str:
        return _in_words(row.counts)

    @display(description=_("looked at, and left as another person's"))
    def looked_at(self, row: Erasure) -> str:
        return _in_words(row.left)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        name = "guestman_privacy_erasure"
        return [
            path("<uuid:customer>/copy/", wrap(self.copy), name=f"{name}_copy"),
            path("<uuid:customer>/erase/", wrap(self.erase), name=f"{name}_erase"),
            *super().get_urls(),
        ]

    def copy(self, request: HttpRequest, customer: UUID) -> HttpResponseBase:
        """Says what a copy is, and sends it when asked."""
        row = _customer(request, customer)
        if request.method != "POST":
            return self._page(request, row, "copy", {"title": _("Copy of the data")})
        found = export(customer=row)
        # Not on any disk under a name: the file is gone when it was sent.
        file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # the answer closes it
        found.write_zip(file)
        file.seek(0)
        answer = FileResponse(file, as_attachment=True, filename=found.file_name)
        answer["Cache-Control"] = "no-store, private"
        return answer

    def erase(self, request: HttpRequest, customer: UUID) -> HttpResponse:
        """What goes and what stays, and the erasure when its code was typed."""
        row = _customer(request, customer)
        sent = request.POST if request.method == "POST" else None
        shown = preview_erasure(customer=row)
        form = EraseForm(sent, shown=shown)
        if sent is not None and form.is_valid():
            try:
                erase(
                    customer=row,
                    reason=form.cleaned_data["reason"],
                    preview=form.confirmed,
                    also=form.cleaned_data.get("also", ()),
                )
            except Failure as failure:
                blame(form, failure)
            else:
                messages.success(request, _("The customer was erased."))
                return HttpResponseRedirect(_page_of(row))
        # What is confirmed next is what is on the screen now.
        form.show(shown.digest)
        context = {
            "title": _("Erase this customer"),
            "form": form,
            "preview": shown,
            "unseen_count": sum(shown.doubt_counts.values()) - len(shown.doubts),
            "deleted": [part for part in shown.parts if part.is_deleted],
            "changed": [part for part in shown.parts if not part.is_deleted],
        }
        return self._page(request, row, "erase", context)

    def _page(
        self, request: HttpRequest, row: Customer, name: str, context: dict[str, Any]
    ) -> HttpResponse:
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            f"guestman_privacy/admin/{name}.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "subject": row,
                "back": _page_of(row),
                **context,
            },
        )


def _customer(request: HttpRequest, key: UUID) -> Customer:
    """The customer of a page, for whoever may. Raises PermissionDenied, Http404."""
    if not may(request):
        raise PermissionDenied
    row: Customer | None = sole(Customer.objects.filter(pk=key, merged_into__isnull=True))
    if row is None or row.erased_at is not None:
        raise Http404(str(CustomerErased()))
    return row


def _in_words(counts: Mapping[str, int]) -> str:
    titles = {each.key: each.title for each in subjects.personal()}
    told = sorted(f"{titles.get(key, key)}: {count}" for key, count in counts.items())
    return ", ".join(told) or "–"


def _page_of(row: Customer) -> str:
    return reverse("admin:guestman_customer_change", args=[row.pk])
