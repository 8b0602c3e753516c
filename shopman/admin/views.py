"""Saved views above a list: one click to open, two to save."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin

from shopman import saved_views
from shopman.admin.acts import blame, dress
from shopman.errors import Failure
from shopman.models import SavedView
from shopman.tenancy import staff
from shopman.tenancy.rights import Right


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownView:
    """A saved view as a link above the list. ``edit`` is empty where it is not one's to change."""

    name: str
    address: str
    is_current: bool
    edit: str


class ViewForm(forms.Form):
    """A view's name, and whose it is."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=saved_views.MAX_NAME_LENGTH)
    is_shared = forms.BooleanField(label=gettext_lazy("For the whole team"), required=False)

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_share:
            del self.fields["is_shared"]
        for field in self.fields.values():
            dress(field)


class SavedViews(ModelAdmin):  # type: ignore[misc]  # the theme is untyped
    """A list whose filters, search and order staff save under a name."""

    list_page: ClassVar[str]

    def check_query(self, request: HttpRequest, query: str) -> None:
        """Raises UnknownListParameter for a query string the list does not know."""
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        wrap, stem = self.admin_site.admin_view, self._stem()
        return [
            path("view/", wrap(self.save_view), name=f"{stem}_save_view"),
            path("view/<uuid:uuid>/", wrap(self.edit_view), name=f"{stem}_edit_view"),
            *super().get_urls(),
        ]

    def shown_views(self, request: HttpRequest, query: str) -> list[ShownView]:
        """The saved views somebody sees; ``query`` is what the list shows now. One query."""
        rows = saved_views.of_page(user=request.user, page=self.list_page)
        return [
            ShownView(
                name=row.name,
                address=f"?{row.query}",
                is_current=same(row.query, query),
                edit=self._address("edit_view", row.pk) if self._may_edit(request, row) else "",
            )
            for row in rows
        ]

    def save_address(self) -> str:
        """Where a view is saved."""
        return self._address("save_view")

    def may_share(self, request: HttpRequest) -> bool:
        """Whether views of this one's may be for the whole team."""
        return staff.may(request, Right.CHANGE)

    def save_view(self, request: HttpRequest) -> HttpResponse:
        """Saves what the list shows now, and leads back to it."""
        query = request.POST.get("query", "").lstrip("?")
        if request.method == "POST":
            try:
                self.check_query(request, query)
                view = saved_views.save(
                    user=request.user,
                    page=self.list_page,
                    name=request.POST.get("name", ""),
                    query=query,
                    is_shared="is_shared" in request.POST and self.may_share(request),
                )
            except Failure as failure:
                messages.error(request, _(failure.detail))
            else:
                messages.success(request, _("“%(name)s” was saved.") % {"name": view.name})
        return HttpResponseRedirect(self._list(query))

    def edit_view(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        """The page on which a view is renamed, shared or deleted."""
        view = saved_views.find(user=request.user, page=self.list_page, uuid=uuid)
        if not self._may_edit(request, view):
            raise PermissionDenied
        if "delete" in request.POST:
            saved_views.delete(view=view)
            messages.success(request, _("“%(name)s” was deleted.") % {"name": view.name})
            return HttpResponseRedirect(self._list())
        form = ViewForm(
            request.POST if request.method == "POST" else None,
            may_share=self.may_share(request),
            initial={"name": view.name, "is_shared": view.is_shared},
        )
        if request.method == "POST" and form.is_valid():
            try:
                saved_views.change(
                    view=view,
                    name=form.cleaned_data["name"],
                    is_shared=form.cleaned_data.get("is_shared", view.is_shared),
                )
            except Failure as failure:
                blame(form, failure)
            else:
                return HttpResponseRedirect(self._list(view.query))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Saved view"),
            "form": form,
            "view": view,
            "back": self._list(view.query),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "shopman/admin/saved_view.html", context)

    def _may_edit(self, request: HttpRequest, view: SavedView) -> bool:
        own: Any = request.user.pk
        return view.user_id == own or staff.may(request, Right.MANAGE_SHOP)

    def _stem(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def _address(self, name: str, *args: Any) -> str:
        return reverse(f"{self.admin_site.name}:{self._stem()}_{name}", args=args)

    def _list(self, query: str = "") -> str:
        return self._address("changelist") + (f"?{query}" if query else "")


def same(one: str, other: str) -> bool:
    """Whether two query strings say the same, in whatever order."""
    return sorted(QueryDict(one).lists()) == sorted(QueryDict(other).lists())
