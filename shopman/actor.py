"""Who is acting, for the audit trail. A context variable, like the tenant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

Kind = Literal["user", "customer", "client", "command", "task", "system"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """``id`` identifies, ``label`` is what staff read (a user name, a command's name)."""

    kind: Kind
    id: str = ""
    label: str = ""


SYSTEM = Actor(kind="system")

# A callable, because who is behind a request is not known until somebody asks: looking would
# load the session of every anonymous visitor.
_actor: ContextVar[Callable[[], Actor]] = ContextVar("shopman_actor", default=lambda: SYSTEM)
_request_id: ContextVar[str] = ContextVar("shopman_request_id", default="")


def current() -> Actor:
    """The one acting now; the system itself when nobody was named."""
    return _actor.get()()


def request_id() -> str:
    """The id of the request, command run or task the running code serves; empty outside one."""
    return _request_id.get()


@contextmanager
def use(actor: Actor | Callable[[], Actor], *, request_id: str | None = None) -> Iterator[None]:
    """Act as somebody for a while. A callable is asked only when somebody wants to know."""
    source: Callable[[], Actor] = (lambda: actor) if isinstance(actor, Actor) else actor
    actor_token = _actor.set(source)
    request_token = None if request_id is None else _request_id.set(request_id)
    try:
        yield
    finally:
        _actor.reset(actor_token)
        if request_token is not None:
            _request_id.reset(request_token)
