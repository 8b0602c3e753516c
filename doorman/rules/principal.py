"""What ``request.customer`` is: somebody who is signed in, or nobody.

Deliberately no Django user: no permissions, never staff, nothing to log in to the admin with.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal
from uuid import UUID


class Principal:
    """What Django and REST framework code may ask of whoever is behind a request."""

    is_staff: ClassVar[Literal[False]] = False
    is_superuser: ClassVar[Literal[False]] = False
    pk: ClassVar[None] = None
    id: ClassVar[None] = None

    def has_perm(self, permission: str, obj: Any = None) -> Literal[False]:
        return False

    def has_perms(self, permissions: Sequence[str], obj: Any = None) -> Literal[False]:
        return False

    def has_module_perms(self, app_label: str) -> Literal[False]:
        return False

    def get_username(self) -> str:
        return ""


@dataclass(frozen=True, kw_only=True)
class SignedIn(Principal):
    """A customer who proved who they are. ``auth_time`` is when (UTC).

    ``session_uuid`` is the browser's session, or the token family of an app, which has ``scopes``.
    """

    uuid: UUID
    code: str | None
    name: str
    auth_time: dt.datetime
    session_uuid: UUID
    amr: tuple[str, ...]
    scopes: frozenset[str] | None = None

    is_authenticated: ClassVar[Literal[True]] = True
    is_anonymous: ClassVar[Literal[False]] = False
    is_active: ClassVar[Literal[True]] = True

    def __str__(self) -> str:
        return f"customer:{self.uuid}"


@dataclass(frozen=True, kw_only=True)
class Anonymous(Principal):
    """Nobody is signed in."""

    uuid: None = None
    code: None = None
    name: str = ""
    auth_time: None = None
    session_uuid: None = None
    amr: tuple[str, ...] = ()
    #: A session was shown that ended because the shop closed the customer's account.
    refused: bool = False

    is_authenticated: ClassVar[Literal[False]] = False
    is_anonymous: ClassVar[Literal[True]] = True
    is_active: ClassVar[Literal[False]] = False

    def __str__(self) -> str:
        return "anonymous"


Customer = SignedIn | Anonymous
