"""Named failures. Each kind maps to one HTTP status, in ``config.problems`` and nowhere else.

A subclass is named after what happened, its ``code`` is part of the public contract and never
changes, and its docstring is the default message a person reads.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """One thing wrong with one field. ``field`` is a dotted path, empty for the whole input."""

    field: str
    code: str
    message: str


def changed_meanwhile(names: Iterable[str]) -> list[FieldError]:
    """The fields somebody changed since they were read, by name."""
    return [
        FieldError(field=name, code="stale", message="Somebody changed this.")
        for name in sorted(names)
    ]


class Failure(Exception):
    """The request could not be fulfilled."""

    code: ClassVar[str] = "failure"
    #: Further members of the problem body, such as a ticket to go on with. JSON values.
    members: Mapping[str, object] = MappingProxyType({})

    def __init__(self, detail: str = "", *, errors: Sequence[FieldError] = ()) -> None:
        self.detail = detail or inspect.cleandoc(type(self).__doc__ or "").partition("\n\n")[0]
        self.errors = tuple(errors)
        super().__init__(self.detail)


class BadRequest(Failure):
    """The request is malformed."""

    code = "bad_request"


class Unauthenticated(Failure):
    """Sign in first."""

    code = "unauthenticated"


class Denied(Failure):
    """This is not allowed for you."""

    code = "denied"


class NotFound(Failure):
    """There is nothing here."""

    code = "not_found"


class Conflict(Failure):
    """The request conflicts with the present state."""

    code = "conflict"


class Gone(Failure):
    """This existed once and is closed for good."""

    code = "gone"


class PreconditionFailed(Failure):
    """Somebody changed this since you read it."""

    code = "precondition_failed"


class Invalid(Failure):
    """The input is not acceptable."""

    code = "invalid"


class PreconditionRequired(Failure):
    """Say which version you are changing (send If-Match)."""

    code = "precondition_required"


class Throttled(Failure):
    """Too many requests. Try again later."""

    code = "throttled"

    def __init__(
        self, detail: str = "", *, retry_after_seconds: int, errors: Sequence[FieldError] = ()
    ) -> None:
        super().__init__(detail, errors=errors)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(Failure):
    """A part this depends on is not answering. Try again shortly."""

    code = "unavailable"

    def __init__(
        self, detail: str = "", *, retry_after_seconds: int = 5, errors: Sequence[FieldError] = ()
    ) -> None:
        super().__init__(detail, errors=errors)
        self.retry_after_seconds = retry_after_seconds
