"""Each request works for one tenant."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.module_loading import import_string

from shopman import tenancy
from shopman.conf import conf
from shopman.models import Tenant

Next = Callable[[HttpRequest], HttpResponseBase]
Resolver = Callable[[HttpRequest], Tenant | None]

#: These answer the same for everybody.
EXEMPT_PATHS = frozenset({"/livez", "/readyz", "/favicon.ico"})
EXEMPT_PREFIXES = ("/api/schema/", "/api/docs/")
#: These find the tenant if there is one: whoever signs in may not have said yet where he works.
LENIENT_PREFIXES = ("/admin/",)


class TenantMiddleware:
    """Runs the rest of the request for the tenant that ``SHOPMAN["TENANT_RESOLVER"]`` finds.

    Unknown is 404. Stands after the session and authentication middlewares.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        static = settings.STATIC_URL or "/static/"
        self.exempt_prefixes = (
            *EXEMPT_PREFIXES,
            static if static.startswith("/") else f"/{static}",
        )

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if path in EXEMPT_PATHS or path.startswith(self.exempt_prefixes):
            return self.get_response(request)
        resolver: Resolver = import_string(conf.TENANT_RESOLVER)
        tenant = resolver(request)
        if tenant is None:
            if path.startswith(LENIENT_PREFIXES):
                return self.get_response(request)
            raise Http404("unknown tenant")
        # Pages of staff tell the time of the shop.
        zone = tenant.zone if path.startswith(LENIENT_PREFIXES) else None
        with tenancy.use(tenant), timezone.override(zone) if zone else nullcontext():
            return self.get_response(request)
