"""The import of a price list: first a file, then what it would change, then exactly that."""

from __future__ import annotations

from typing import Any, Final, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offerman.admin import words
from offerman.admin.forms import ConfirmForm, ImportForm
from offerman.admin.page import Page
from offerman.errors import InvalidImport, PreviewOutdated
from offerman.models import PriceList
from offerman.services import price_import
from offerman.services.price_import import ImportPreview, Mode, PlannedChange, Problems
from shopman.admin.service import ServiceAdmin

#: Changes of one kind, and problems, that a preview shows; the counts tell about the rest.
SHOWN: Final = 200
_KINDS: Final = {
    "add": gettext_lazy("New prices"),
    "change": gettext_lazy("Changed prices"),
    "remove": gettext_lazy("Removed prices"),
}


class ImportPage(Page):
    """Nothing is written before the preview is confirmed, and then only what it showed."""

    title = gettext_lazy("Import prices")
    changes = True
    template_name = "offerman/admin/price_import.html"

    @classmethod
    def address(cls, model_admin: ServiceAdmin) -> URLPattern:
        view = model_admin.admin_site.admin_view(cls.as_view(model_admin=model_admin))
        pattern: URLPattern = path("<uuid:uuid>/import/", view, name="offerman_price_import")
        return pattern

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.price_list = get_object_or_404(PriceList, pk=kwargs["uuid"])
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(price_list=self.price_list, **kwargs)
        return context

    @property
    def key(self) -> UUID:
        return cast(UUID, self.kwargs["uuid"])

    def get_form_class(self) -> type[forms.Form]:
        return ConfirmForm if "digest" in self.request.POST else ImportForm

    def answer(self, form: forms.Form) -> HttpResponse:
        asked = form.cleaned_data
        if not isinstance(form, ConfirmForm):
            return self.preview(asked["file"], asked["mode"])
        try:
            return self.applied(asked)
        except (PreviewOutdated, InvalidImport):
            # What it would change now is shown at once; the file need not be sent again.
            return self.preview(asked["content"], asked["mode"], is_again=True)

    def preview(self, content: str, mode: Mode, *, is_again: bool = False) -> HttpResponse:
        found = price_import.preview(price_list=self.key, content=content, mode=mode)
        given = {
            "content": content,
            "mode": mode,
            "digest": found.digest,
            "problems": "leave_out" if found.problems else "refuse",
        }
        return self.shown(
            form=ConfirmForm(initial=given),
            preview=found,
            is_again=is_again,
            is_importable=bool(found.changes) and (not found.problems or mode == "merge"),
            **_tables(found, self.price_list.currency),
        )

    def applied(self, asked: dict[str, Any]) -> HttpResponse:
        done = price_import.apply(
            price_list=self.key,
            content=asked["content"],
            mode=asked["mode"],
            digest=asked["digest"],
            problems=cast(Problems, asked["problems"] or "refuse"),
        )
        messages.success(
            self.request,
            _("%(added)d added, %(changed)d changed, %(removed)d removed.") % done.counts,
        )
        return redirect("admin:offerman_pricelist_change", self.key)


def _tables(found: ImportPreview, currency: str) -> dict[str, Any]:
    tables = []
    for kind, title in _KINDS.items():
        changes = [change for change in found.changes if change.action == kind]
        if changes:
            rows = [_change(change, currency) for change in changes[:SHOWN]]
            tables.append(
                {
                    "kind": kind,
                    "title": title,
                    "rows": rows,
                    "count": len(changes),
                    "more": len(changes) - len(rows),
                }
            )
    return {
        "tables": tables,
        "problems": found.problems[:SHOWN],
        "more_problems": max(0, len(found.problems) - SHOWN),
    }


def _change(change: PlannedChange, currency: str) -> dict[str, Any]:
    before = change.amount_before
    return {
        "line": change.line,
        "sku": change.sku,
        "quantity": words.quantity(change.minimum_quantity),
        "before": "" if before is None else words.told(before, currency),
        "after": "" if change.action == "remove" else words.told(change.amount, currency),
        "difference": _difference(before, change.amount) if change.action == "change" else "",
        "period": words.period(change.valid_from, change.valid_until),
        "period_before": (
            words.period(change.valid_from, change.valid_until_before) or _("always")
            if change.action == "change" and change.valid_until != change.valid_until_before
            else ""
        ),
    }


def _difference(before: int | None, after: int) -> str:
    """By how much a price goes up or down, in whole percent: what a slipped comma shows in."""
    if not before or before == after:
        return ""
    percent = (after - before) * 100 // before
    return f"{percent:+d} %"
