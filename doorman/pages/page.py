"""What every page at the door has in common; a project's own pages for shoppers build on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django.conf import settings
from django.db.transaction import non_atomic_requests
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from doorman import web
from doorman.conf import conf
from doorman.errors import LoginNotAllowed
from doorman.pages.forms import DoorForm
from doorman.rules.principal import Customer
from doorman.services import shop
from shopman import tenancy

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
#: The languages the pages are complete in, by their own names.
LANGUAGE_NAMES: Final = {"pt-br": "Português", "en": "English", "es": "Español"}


@method_decorator(csrf_protect, name="dispatch")
@method_decorator(sensitive_post_parameters(), name="dispatch")
@method_decorator(sensitive_variables(), name="dispatch")
class Page(View):
    """Never stored, never framed, nothing from elsewhere, no script."""

    request: HttpRequest
    # Not no-referrer: with it browsers send "Origin: null", which CSRF protection refuses.
    referrer_policy: ClassVar[str] = "same-origin"

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        # A failed attempt is committed before it is answered, whatever ATOMIC_REQUESTS says.
        return non_atomic_requests(super().as_view(**initkwargs))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.exception_reporter_filter = web.HidingFilter()
        response = self.respond(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["Content-Security-Policy"] = _POLICY
        response["X-Frame-Options"] = "DENY"
        response["Referrer-Policy"] = self.referrer_policy
        response["X-Robots-Tag"] = "noindex"
        return response

    def respond(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The answer before its headers; override it to look at who asks first."""
        return super().dispatch(request, *args, **kwargs)

    @property
    def customer(self) -> Customer:
        found: Customer = self.request.customer  # type: ignore[attr-defined]
        return found

    def show(
        self, template: str, context: Mapping[str, Any], form: DoorForm | None = None
    ) -> HttpResponse:
        """A page in the shop's colours, language and time, answered as its form went."""
        common = {
            "brand": {"name": shop.name(), "logo": conf.BRAND_LOGO},
            "form": form,
            "languages": _languages(),
            "here": self.request.get_full_path(),
        }
        with timezone.override(tenancy.current().zone):
            response = render(
                self.request,
                f"{template}.html",
                {**common, **context},
                status=form.status if form else 200,
            )
        wait = getattr(form and form.failure, "retry_after_seconds", None)
        if wait is not None:
            response["Retry-After"] = str(wait)
        return response

    def go(self, name: str) -> HttpResponseRedirect:
        return see_other(reverse(f"doorman:{name}"))

    def turn_away(self) -> HttpResponse:
        """Tell a customer whose account was closed while a session was open."""
        form = DoorForm({})
        form.attempt(_refuse)
        response = self.show("doorman/turned_away", {}, form)
        response.status_code = 403
        web.leave(response)
        return response


def see_other(path: str) -> HttpResponseRedirect:
    """A redirect that is always followed by GET."""
    return HttpResponseRedirect(path, status=303)


def _refuse(given: Mapping[str, Any]) -> None:
    raise LoginNotAllowed


def _languages() -> list[tuple[str, str]]:
    """Those of the project that the pages are complete in."""
    known = dict(settings.LANGUAGES)
    return [(code, name) for code, name in LANGUAGE_NAMES.items() if code in known]
