"""Typed settings: one dict per app in ``settings.py``, one class here or in the app's ``conf.py``.

    class GuestmanSettings(AppSettings):
        namespace = "GUESTMAN"

        #: Dotted path of the order history backend.
        ORDER_HISTORY_BACKEND: str = "guestman.protocols.orders.NullOrderHistoryBackend"

    conf = GuestmanSettings()
    conf.ORDER_HISTORY_BACKEND

Values are read from Django's settings each time they are used, never at import.
"""

from __future__ import annotations

import difflib
import typing
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar, cast

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


class AppSettings:
    """Base of an app's settings. Upper-case annotated attributes are the known keys."""

    namespace: ClassVar[str]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()

        def check(app_configs: object, **kwargs: object) -> list[CheckMessage]:
            return cls.check()

        register(check)

    def __getattribute__(self, name: str) -> Any:
        if not name.isupper():
            return super().__getattribute__(name)
        given = type(self).given()
        return given[name] if name in given else super().__getattribute__(name)

    @classmethod
    def given(cls) -> Mapping[str, Any]:
        """The dict the project wrote, empty when it wrote none."""
        value: Mapping[str, Any] = getattr(settings, cls.namespace, {})
        return value

    @classmethod
    def keys(cls) -> dict[str, Any]:
        """Known keys and their declared types."""
        return {
            name: kind for name, kind in _type_hints(cast("Any", cls)).items() if name.isupper()
        }

    @classmethod
    def check(cls) -> list[CheckMessage]:
        """System check: unknown keys and values of the wrong type."""
        return list(cls._complaints())

    @classmethod
    def _complaints(cls) -> Iterator[CheckMessage]:
        known = cls.keys()
        for key, value in cls.given().items():
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                yield Error(
                    f'{cls.namespace}["{key}"] is not a setting.',
                    hint=f'Did you mean "{near[0]}"?' if near else f"Known: {', '.join(known)}.",
                    id="shopman.E001",
                )
            elif not _fits(value, known[key]):
                yield Error(
                    f'{cls.namespace}["{key}"] must be {known[key]}, not {value!r}.',
                    id="shopman.E002",
                )


@cache
def _type_hints(cls: Any) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _fits(value: object, kind: Any) -> bool:
    """Whether a value has the declared type; containers are checked by their outer type."""
    if kind is Any:
        return True
    if kind is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    arms = typing.get_args(kind)
    origin = typing.get_origin(kind)
    if origin is typing.Literal:
        return value in arms
    if origin is None:
        return isinstance(value, kind)
    if isinstance(origin, type) and origin.__module__ != "types":
        return isinstance(value, origin) and not isinstance(value, str)
    return any(value is None if arm is type(None) else _fits(value, arm) for arm in arms)


class ShopmanSettings(AppSettings):
    """``SHOPMAN``: tenancy and the outbox."""

    namespace = "SHOPMAN"

    #: Slug of the one tenant of a single-shop deployment; None: every request must name its tenant.
    DEFAULT_TENANT: str | None = None
    #: Dotted path of the callable ``(request) -> Tenant | None`` that finds a request's tenant.
    TENANT_RESOLVER: str = "shopman.tenancy.resolver.resolve"
    #: Dotted paths of callables ``(OutboxEvent) -> None``; each must bear being called twice.
    OUTBOX_CONSUMERS: list[str] | tuple[str, ...] = ()
    #: Delivery attempts before an outbox event is set aside as a dead letter.
    OUTBOX_MAX_ATTEMPTS: int = 10
    #: Seconds a relay may hold an event before another one may try it.
    OUTBOX_LEASE_SECONDS: int = 60
    #: Hours an Idempotency-Key replays its stored answer.
    IDEMPOTENCY_TTL_HOURS: int = 24
    #: Days a delivered outbox event is kept.
    OUTBOX_KEEP_DAYS: int = 30
    #: Whether workers do background jobs; otherwise the progress page does, a slice with each look.
    JOB_WORKERS: bool = False
    #: Seconds without progress after which the progress page goes on with a job itself.
    JOB_PATIENCE_SECONDS: int = 30
    #: Days the file a job made can be downloaded.
    JOB_RESULT_KEEP_DAYS: int = 7
    #: Days a finished job is listed.
    JOB_KEEP_DAYS: int = 90
    #: Rows of the largest XLSX file; more are exported as CSV.
    XLSX_MAX_ROWS: int = 100_000
    #: Dotted paths of the DRF authentication classes of store views.
    STORE_AUTHENTICATION: list[str] | tuple[str, ...] = (
        "shopman.api.authentication.CustomerAuthentication",
    )
    #: Seconds after signing in during which a shopper may do what asks for a recent proof.
    RECENT_AUTH_SECONDS: int = 600
    #: Seconds a process may answer from what it knows about hosts and tenants; 0 asks each time.
    TENANT_CACHE_SECONDS: int = 5
    #: Roles that read phone numbers, e-mail addresses and documents in full; others see masks.
    CONTACT_ROLES: list[str] | tuple[str, ...] = ("owner", "manager", "clerk")
    #: Minutes for which a customer's contacts stay readable to a masked role that revealed them,
    #: in that session; 0: they are never revealed.
    CONTACT_REVEAL_MINUTES: int = 15
    #: Seconds the numbers of the dashboard are kept; 0 measures each time somebody looks.
    DASHBOARD_CACHE_SECONDS: int = 300
    #: Days after which personal rows are erased whoever they are about, by the key of their entry
    #: in ``shopman.subjects``; what is not named has its entry's own days, 0 keeps for good.
    RETENTION_DAYS: Mapping[str, int] = MappingProxyType({})
    #: Proxies in front of the application whose X-Forwarded-For entries are trusted (right-most n).
    TRUSTED_PROXY_COUNT: int = 0


conf = ShopmanSettings()
