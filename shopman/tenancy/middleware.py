"""Each request works for one tenant; the staff's perhaps for one organization of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.module_loading import import_string

from shopman import masking, tenancy
from shopman.conf import conf
from shopman.models import Tenant
from shopman.tenancy import reading, staff

Next = Callable[[HttpRequest], HttpResponseBase]
Resolver = Callable[[HttpRequest], Tenant | None]

#: These answer the same for everybody.
EXEMPT_PATHS = frozenset({"/livez", "/readyz", "/favicon.ico"})
EXEMPT_PREFIXES = ("/api/schema/", "/api/docs/")
#: These find the tenant if there is one: whoever signs in may not have said yet where he works.
LENIENT_PREFIXES = ("/admin/",)
#: Here the role decides whether contacts are shown in full; shoppers see their own.
STAFF_PREFIXES = ("/admin/", "/api/v1/")
STORE_PREFIX = "/api/v1/store/"


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
        with ExitStack() as stack:
            stack.enter_context(tenancy.use(tenant))
            if zone is not None:
                stack.enter_context(timezone.override(zone))
            if path.startswith(STAFF_PREFIXES) and not path.startswith(STORE_PREFIX):
                organization = staff.chosen_organization(request)
                stack.enter_context(tenancy.use(tenant, organization))
                stack.enter_context(masking.use(lambda: reading.of_request(request)))
            return self.get_response(request)
