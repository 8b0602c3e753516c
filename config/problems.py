"""The one place that knows HTTP status numbers: problem details (RFC 9457) for every failure."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ModelValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from rest_framework import exceptions as drf
from rest_framework.views import APIView

from shopman import errors
from shopman.api.renderers import dumps
from shopman.errors import FieldError

logger = logging.getLogger(__name__)

STATUS_OF: Final[Mapping[type[errors.Failure], int]] = {
    errors.BadRequest: 400,
    errors.Unauthenticated: 401,
    errors.Denied: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Gone: 410,
    errors.PreconditionFailed: 412,
    errors.Invalid: 422,
    errors.PreconditionRequired: 428,
    errors.Throttled: 429,
    errors.Unavailable: 503,
}
#: Codes of failures that frameworks raise, by status.
_CODES: Final[Mapping[int, str]] = {
    400: "bad_request",
    401: "unauthenticated",
    403: "denied",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
    429: "throttled",
    500: "internal",
}
_WHOLE = "non_field_errors"


def status_of(failure: errors.Failure) -> int:
    """The status of a named failure, from its kind."""
    return next((STATUS_OF[kind] for kind in type(failure).__mro__ if kind in STATUS_OF), 500)


def problem(
    request: HttpRequest,
    *,
    status: int,
    code: str = "",
    detail: str = "",
    found: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
    members: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """A problem body for a request; ``members`` extend it (RFC 9457 section 3.2)."""
    title = HTTPStatus(status).phrase
    code = code or _CODES.get(status, "failure")
    body = {
        "type": f"urn:shopman:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail or title,
        "code": code,
        "instance": request.path,
        "errors": [
            {"field": each.field, "code": each.code, "message": each.message} for each in found
        ],
        **(members or {}),
    }
    return HttpResponse(
        dumps(body),
        status=status,
        content_type="application/problem+json",
        headers=dict(headers or {}),
    )


def answer(exc: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """DRF's exception handler. None, hence a 500 without details, for what nobody named."""
    request, view = context["request"], context.get("view")
    plain = getattr(request, "_request", request)
    if isinstance(exc, errors.Failure):
        return of_failure(plain, exc, _challenge(view, request))
    if isinstance(exc, drf.ValidationError):
        return problem(
            plain,
            status=422,
            code="invalid",
            detail=_("The input is not acceptable."),
            found=list(_flatten(exc.get_full_details())),
        )
    if isinstance(exc, ModelValidationError):
        found = list(_model_errors(exc))
        return problem(
            plain, status=422, code="invalid", detail=_("The input is not acceptable."), found=found
        )
    if isinstance(exc, Http404):
        return problem(plain, status=404, detail=_("There is nothing here."))
    if isinstance(exc, PermissionDenied):
        return problem(plain, status=403, detail=_("This is not allowed for you."))
    if isinstance(exc, drf.APIException):
        return _of_framework(plain, exc)
    return None


def of_failure(request: HttpRequest, failure: errors.Failure, challenge: str = "") -> HttpResponse:
    """The problem of a named failure."""
    headers = {}
    wait = getattr(failure, "retry_after_seconds", None)
    if wait is not None:
        headers["Retry-After"] = str(max(1, int(wait)))
    status = status_of(failure)
    if status == 401:
        headers["WWW-Authenticate"] = challenge or "Session"
    return problem(
        request,
        status=status,
        code=failure.code,
        detail=translated(failure.detail),
        found=[replace(each, message=translated(each.message)) for each in failure.errors],
        headers=headers,
        members=failure.members,
    )


def translated(sentence: str) -> str:
    """What a failure says, in the reader's language: its English is the key of its translations."""
    return _(sentence) if sentence else ""


def _of_framework(request: HttpRequest, exc: drf.APIException) -> HttpResponse:
    headers = {}
    if challenge := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    codes = exc.get_codes()
    code = _CODES.get(exc.status_code) or (codes if isinstance(codes, str) else "failure")
    return problem(
        request, status=exc.status_code, code=code, detail=str(exc.detail), headers=headers
    )


def _challenge(view: APIView | None, request: Any) -> str:
    return (view.get_authenticate_header(request) if view is not None else "") or ""


def _flatten(details: Any, path: str = "") -> Iterator[FieldError]:
    """DRF's tree of errors as a list with dotted paths; list items are numbered from 0."""
    if isinstance(details, dict) and details.keys() == {"message", "code"}:
        yield FieldError(field=path, code=str(details["code"]), message=str(details["message"]))
        return
    pairs = details.items() if isinstance(details, dict) else _numbered(details)
    for name, inner in pairs:
        step = "" if name in (_WHOLE, None) else str(name)
        yield from _flatten(inner, f"{path}.{step}" if path and step else path or step)


def _numbered(details: Sequence[Any]) -> Iterator[tuple[int | None, Any]]:
    for position, inner in enumerate(details):
        is_error = isinstance(inner, dict) and inner.keys() == {"message", "code"}
        yield (None if is_error else position), inner


def _model_errors(exc: ModelValidationError) -> Iterator[FieldError]:
    tree = exc.error_dict if hasattr(exc, "error_dict") else {"": exc.error_list}
    for field, found in tree.items():
        for each in found:
            for message in each.messages:
                yield FieldError(
                    field="" if field == "__all__" else field,
                    code=each.code or "invalid",
                    message=message,
                )


def is_api(request: HttpRequest) -> bool:
    """Whether machines are answered here."""
    return request.path.startswith("/api/")


def page(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    """A plain page that says one sentence; a problem body where machines are answered."""
    if is_api(request):
        return problem(request, status=status, detail=sentence)
    context = {"status": status, "sentence": sentence, "start": _start(request)}
    return render(request, "problem.html", context, status=status)


def _start(request: HttpRequest) -> str:
    """Where the part of the site that failed begins."""
    parts = {"/admin/": "/admin/", "/account/": "/account/", "/auth/": "/auth/login/"}
    return next((to for part, to in parts.items() if request.path.startswith(part)), "/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400."""
    return page(request, 400, _("We did not understand this request."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403."""
    return page(request, 403, _("This is not open to you."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW."""
    return page(
        request, 403, _("This page was open for too long. Go back, reload it, and try again.")
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404."""
    return page(request, 404, _("There is nothing here."))


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500. The exception itself is in the log, under the request id."""
    return page(request, 500, _("Something went wrong on our side. Please try again."))
