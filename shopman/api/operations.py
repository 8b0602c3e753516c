"""What an operation of the API is called, how it can fail, and what happens when it is repeated.

    @operation("createCustomer", PhoneTaken, EmailTaken, repeat=Repeat.KEY)
    def post(self, request: Request) -> HttpResponse:
        \"\"\"Create a customer.

        When to use it, what else it does.
        \"\"\"

What every view of a kind can answer is not repeated: ``shopman.api.conventions`` knows it. A test
run that sees an operation fail in a way it does not declare ends with an error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from shopman.errors import Failure

Method = TypeVar("Method", bound=Callable[..., Any])

_ATTRIBUTE = "operation"


class Repeat(Enum):
    """What a change does when it is sent again; the value is the sentence of the description."""

    KEY = (
        "Send an `Idempotency-Key` to be able to send this again: within 24 hours the same key "
        "and body give the stored answer. Without one, each request does it anew."
    )
    KEY_REQUIRED = (
        "`Idempotency-Key` is required. The same key always leads to the same result, also when "
        "two requests with it arrive at once; another body or cart with it is a 422."
    )
    SAFE = "Sending it again changes nothing more."
    ANEW = "Sending it again does it again."
    VERSION = (
        "The version in `If-Match` makes it safe to send again: once it has worked, the same "
        "request is a 412."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one view, as the schema and generated clients call it."""

    id: str
    failures: tuple[type[Failure], ...] = ()
    repeat: Repeat | None = None

    @property
    def takes_key(self) -> bool:
        """Whether the view reads ``Idempotency-Key``."""
        return self.repeat in (Repeat.KEY, Repeat.KEY_REQUIRED)


def operation(
    id: str,  # noqa: A002 (as OpenAPI calls it)
    *failures: type[Failure],
    repeat: Repeat | None = None,
) -> Callable[[Method], Method]:
    """Name a method of a view, with the failures of its own."""

    def named(method: Method) -> Method:
        setattr(method, _ATTRIBUTE, Operation(id=id, failures=failures, repeat=repeat))
        return method

    return named


def of(view: Any, method: str) -> Operation | None:
    """The operation of a view's method; HEAD is GET's. None where none is declared."""
    name = "get" if method.upper() == "HEAD" else method.lower()
    found: Operation | None = getattr(getattr(view, name, None), _ATTRIBUTE, None)
    return found
