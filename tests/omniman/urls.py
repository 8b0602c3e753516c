"""Omniman's addresses alone, and a shopper named by a header, so that no other app is needed."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest, HttpResponseBase
from django.urls import include, path

from omniman.api.urls import staff_urlpatterns, store_urlpatterns

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/", include(staff_urlpatterns)),
    path("api/v1/store/", include(store_urlpatterns)),
]


class CustomerFromHeader:
    """``X-Customer: <uuid>`` is the signed-in customer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        uuid = request.headers.get("X-Customer")
        request.customer = SimpleNamespace(  # type: ignore[attr-defined]
            is_authenticated=uuid is not None, uuid=UUID(uuid) if uuid else None, code="C-1"
        )
        return self.get_response(request)
