"""Offerman's addresses alone, and a shopper named by a header, so that no other app is needed."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

from django.http import HttpRequest, HttpResponseBase
from django.urls import include, path

from offerman.api.urls import staff_urlpatterns, store_urlpatterns

urlpatterns = [
    path("api/v1/", include(staff_urlpatterns)),
    path("api/v1/store/", include(store_urlpatterns)),
]


class CustomerFromHeader:
    """``X-Customer: VIP-1`` is the signed-in customer with this code."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        code = request.headers.get("X-Customer")
        request.customer = SimpleNamespace(  # type: ignore[attr-defined]
            is_authenticated=code is not None,
            code=code,
            uuid="00000000-0000-7000-8000-000000000001",
        )
        return self.get_response(request)
