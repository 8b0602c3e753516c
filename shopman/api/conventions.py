"""How an operation can fail because of what it is: a list, a change, for staff, with a key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rest_framework.exceptions import UnsupportedMediaType, ValidationError
from rest_framework.permissions import SAFE_METHODS

from shopman.api import operations
from shopman.api.filters import InvalidFilter, UnknownParameter
from shopman.api.idempotency import IdempotencyKeyReused, InvalidIdempotencyKey
from shopman.api.pagination import InvalidPageSize, UnknownField, UnknownOrdering
from shopman.api.parsers import BodyTooLarge, MalformedJSON
from shopman.errors import (
    BadRequest,
    Failure,
    FieldError,
    Invalid,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    Throttled,
)
from shopman.keyset import InvalidCursor
from shopman.tenancy.context import UnknownTenant

#: Seconds of the Retry-After in examples.
WAIT_SECONDS = 60
_WRONG_FIELD = FieldError(field="first_name", code="max_length", message="Too long.")


def failures(view: Any, method: str, *, has_path_parameters: bool) -> list[Exception]:
    """One sample of each way an operation can fail, its own last."""
    found: list[Exception] = [BadRequest(), UnknownTenant(), *_of_callers(view, method)]
    if has_path_parameters:
        found.append(NotFound())
    if method == "GET":
        found += _of_reading(view)
    else:
        found += _of_changing(view, method)
    declared = operations.of(view, method)
    if declared is not None:
        if declared.takes_key:
            found += [InvalidIdempotencyKey(), IdempotencyKeyReused()]
        found += [sample(kind) for kind in declared.failures]
    return found


def sample(kind: type[Failure]) -> Failure:
    """A failure of a kind, as if it had just happened."""
    if issubclass(kind, Throttled):
        return kind(retry_after_seconds=WAIT_SECONDS)
    if kind is Invalid:
        return kind(errors=[_WRONG_FIELD])
    return kind()


def _of_callers(view: Any, method: str) -> Iterator[Exception]:
    """What the view's authentication and permissions raise."""
    for each in [view, *view.get_authenticators(), *view.get_permissions()]:
        yield from map(_made, getattr(each, "failures", ()))
        if method not in SAFE_METHODS:
            yield from map(_made, getattr(each, "failures_of_changes", ()))


def _made(kind: Any) -> Exception:
    made: Exception = sample(kind) if issubclass(kind, Failure) else kind()
    return made


def _of_reading(view: Any) -> Iterator[Exception]:
    is_list = getattr(view, "keyset", None) is not None
    if view.class_for("output", "GET") is not None and view.refuses_parameters:
        yield UnknownParameter()
    if is_list or view.narrowable:
        yield UnknownField()
    if is_list:
        yield from (InvalidCursor(), InvalidPageSize(), UnknownOrdering())
        if view.filterset_class is not None:
            yield InvalidFilter()


def _of_changing(view: Any, method: str) -> Iterator[Exception]:
    if view.class_for("input", method) is not None:
        yield from (MalformedJSON(), BodyTooLarge(), UnsupportedMediaType("text/plain"))
        yield ValidationError({"first_name": "Too long."})
    if view.versioned and method in ("PUT", "PATCH", "DELETE"):
        yield from (PreconditionRequired(), PreconditionFailed())
