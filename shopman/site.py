"""The admin site: open to staff of the shop in use.

It stands outside ``shopman.admin``, whose classes register with it while they are imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from shopman import finders, tenancy
from shopman.dashboard import pages
from shopman.models import Tenant
from shopman.tenancy import staff
from shopman.text import fold


class ShopAdminSite(UnfoldAdminSite):  # type: ignore[misc]  # the theme is untyped
    """Staff without a membership of the tenant in use see its login page and nothing else."""

    site_title = _("Shopman")
    site_header = _("Shopman")
    index_title = _("Overview")
    index_template = "shopman/dashboard/index.html"

    def has_permission(self, request: HttpRequest) -> bool:
        return staff.access(request) is not None

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Whoever signed in and has not said in which shop is asked now."""
        if tenancy.current_or_none() is None and self.choices(request):
            return HttpResponseRedirect(reverse("admin:choose_shop"))
        answer: HttpResponse = super().login(request, extra_context)
        return answer

    def extra_urls(self) -> list[URLPattern]:
        return [
            path("shop/", self.choose_shop, name="choose_shop"),
            path(
                "organization/",
                self.admin_view(self.choose_organization),
                name="choose_organization",
            ),
            path(
                "dashboard/<str:key>.csv",
                self.admin_view(pages.csv_file),
                name="dashboard_csv",
            ),
            path(
                "dashboard/<slug:place>/<str:key>/",
                self.admin_view(self.dashboard_block),
                name="dashboard_block",
            ),
        ]

    def index(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The overview; the models are in the navigation."""
        shown = {**pages.context(request), **(extra_context or {})}
        answer: HttpResponse = super().index(request, shown)
        return answer

    def dashboard_block(self, request: HttpRequest, place: str, key: str) -> HttpResponse:
        """A part of the dashboard: alone where a script asks for it, in a page of its own else."""
        content = pages.block(request, place, key)
        if request.headers.get("HX-Request"):
            return HttpResponse(content)
        shown = {
            **self.each_context(request),
            "title": self.index_title,
            "places": [{"name": place, "blocks": [{"content": content}]}],
        }
        return TemplateResponse(request, self.index_template, shown)

    def extra_context(self, context: dict[str, Any], request: HttpRequest) -> dict[str, Any]:
        """Every page says which shop it shows, and where else its reader may work."""
        tenant = tenancy.current_or_none()
        if tenant is None:
            return context
        context |= {"site_title": tenant.name, "site_header": tenant.name, "shop": tenant}
        if self.has_permission(request):
            shops, organizations = self.choices(request), staff.organizations(request)
            context |= {
                "shops": shops if len(shops) > 1 else [],
                "organizations": organizations if len(organizations) > 1 else [],
                "organization": tenancy.current_organization(),
            }
        return context

    def choices(self, request: HttpRequest) -> list[Tenant]:
        """The shops the signed-in user may work in."""
        if staff.is_superuser(request):
            return list(Tenant.objects.filter(is_active=True).order_by("slug"))
        return [access.tenant for access in staff.memberships(request)]

    def choose_shop(self, request: HttpRequest) -> HttpResponse:
        """The page on which staff of several shops choose one. 404 for everybody else."""
        choices = self.choices(request)
        if not choices:
            raise Http404
        chosen = request.POST.get("shop")
        if request.method == "POST" and chosen in {tenant.slug for tenant in choices}:
            request.session[staff.SELECTED_TENANT] = chosen
            request.session.pop(staff.SELECTED_ORGANIZATION, None)
            return HttpResponseRedirect(reverse("admin:index"))
        context = {
            **self.each_context(request),
            "title": _("Choose a shop"),
            "choices": choices,
            "current": tenancy.current_or_none(),
        }
        return TemplateResponse(request, "shopman/choose_shop.html", context)

    def choose_organization(self, request: HttpRequest) -> HttpResponse:
        """Work in one organization for now, or in all the member has. 404 for any other."""
        chosen = request.POST.get("organization", "")
        if request.method != "POST" or (
            chosen and chosen not in {str(each.pk) for each in staff.organizations(request)}
        ):
            raise Http404
        if chosen:
            request.session[staff.SELECTED_ORGANIZATION] = chosen
        else:
            request.session.pop(staff.SELECTED_ORGANIZATION, None)
        return HttpResponseRedirect(reverse("admin:index"))

    def search(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """What the finders and the navigation have for a text.

        The theme's own search keeps results for whoever asks next by user alone, in whatever shop,
        organization or role, and reads every match; this one keeps nothing.
        """
        text = request.GET.get("s", "").replace("\x00", " ").strip()[: finders.MAX_LENGTH]
        if not text:
            return HttpResponse()
        results = [*self._found(request, text), *self._pages(request, text)]
        context = {"results": results, "text": text}
        return TemplateResponse(
            request,
            "shopman/admin/command_results.html",
            context,
            headers={"HX-Trigger": "search"},
        )

    def _found(self, request: HttpRequest, text: str) -> Iterator[dict[str, Any]]:
        for finder in finders.every():
            for found in finder.find(request, text, finders.LIMIT):
                yield {
                    "title": found.title,
                    "about": found.about,
                    "address": found.address,
                    "kind": finder.title,
                    "icon": finder.icon,
                }

    def _pages(self, request: HttpRequest, text: str) -> Iterator[dict[str, Any]]:
        wanted = fold(text)
        for group in self.get_sidebar_list(request) if wanted else ():
            for item in group["items"]:
                if item["has_permission"] and wanted in fold(str(item["title"])):
                    yield {
                        "title": item["title"],
                        "about": "",
                        "address": str(item["link"]),
                        "kind": group["title"],
                        "icon": item["icon"],
                    }
