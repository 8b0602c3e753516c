"""Ports: what an app asks of a neighbour it does not know, found by a dotted path in settings.

    customers = Port(
        protocol=CustomerResolver,
        setting="DOORMAN['CUSTOMER_RESOLVER']",
        path=lambda: conf.CUSTOMER_RESOLVER,
    )
    customers.get().get_by_phone(...)

Resolved when called, cached per path, forgotten when a setting changes, tried by a system check.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from django.core.checks import CheckMessage, Error, register
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

T = TypeVar("T")


class Port(Generic[T]):
    """A class at the path is instantiated once; anything else is used as it stands."""

    def __init__(self, protocol: type[T] | Any, *, setting: str, path: Callable[[], str]) -> None:
        self.protocol = protocol
        self.setting = setting
        self._path = path
        self._adapters: dict[str, T] = {}
        setting_changed.connect(self._forget, dispatch_uid=(setting, id(self)))

        def check(app_configs: object, **kwargs: object) -> list[CheckMessage]:
            return self.check()

        register(check)

    def get(self) -> T:
        """The adapter in force. Raises ImportError for a wrong path, which a check names first."""
        path = self._path()
        adapter = self._adapters.get(path)
        if adapter is None:
            found = import_string(path)
            adapter = self._adapters[path] = cast(T, found() if inspect.isclass(found) else found)
        return adapter

    def check(self) -> list[CheckMessage]:
        """System check: the path imports, and every method of the protocol is there."""
        path = self._path()
        try:
            adapter = self.get()
        except (ImportError, TypeError, AttributeError) as error:
            return [
                Error(
                    f"{self.setting}: {path!r} cannot be used: {error}",
                    hint="Give the dotted path of an adapter that is installed.",
                    id="shopman.E003",
                )
            ]
        missing = [name for name in self._methods() if not callable(getattr(adapter, name, None))]
        if missing:
            return [
                Error(
                    f"{self.setting}: {path!r} lacks {', '.join(missing)}.",
                    hint=f"It must provide what {self.protocol.__name__} describes.",
                    id="shopman.E004",
                )
            ]
        return []

    def _methods(self) -> list[str]:
        if not inspect.isclass(self.protocol):
            return ["__call__"]
        return [
            name
            for name, member in vars(self.protocol).items()
            if inspect.isfunction(member) and (name == "__call__" or not name.startswith("_"))
        ]

    def _forget(self, **kwargs: object) -> None:
        self._adapters.clear()
