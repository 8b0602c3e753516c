"""Examples in the API's description, which the tests execute.

An app says in ``api/examples.py`` what is asked; what was answered stands beside it in
``api/answers.json``, written by ``tests/seams/test_examples.py`` from the answers it got:

    EXAMPLES = {
        "createCustomer": Example(body={"first_name": "Ana"}),
        "getCustomer": Example(path={"uuid": Ref("customer")}),
    }

A ``Ref`` names a row of the world of the tests; readers see a made-up key in its place.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from shopman.api.operations import Operation

JSON: Final = "application/json"
#: What readers see in the place of secrets, which are not UUIDs.
SECRETS: Final[Mapping[str, str]] = {
    "challenge": "Vb3sYpQ1Zk7nC0xWf9uTqLr2eGhJ5mAoDi8tKyNzX4w",
    "code": "742981",
    "ticket": "hT4vQm8ZcR1wKx6yBn3sJp9uFd2gLe7aWoXi0tCkVzY",
    "link": "q7Lw2ZtXo9Rb4Kc1Nv8Ds5Hy3Gm6Jf0PaUeIiTkQxWz",
    "access_token": "dmn_at_4fQm8ZcR1wKx6yBn3sJp9uFd2gLe7aWoXi0tCkVzYhT1vQw2J",
    "refresh_token": "dmn_rt_9uTqLr2eGhJ5mAoDi8tKyNzX4wVb3sYpQ1Zk7nC0xWf06sPdK3n",
    "cart_key": "nQ8dW2kLr5tYx0pVz3bJm7sGf1hCc6aEuKi9oTqXwRM",
    "token": "AZXWoAAAcACAAb6CZ4wq9l0mT2xPj7cQn5sVb3hKf8E",
    "digest": "5c0f6b1f6f4d0c9a1f3e7f0d2b8a4c6e9d1b3f5a7c9e0b2d4f6a8c0e1d3b5f79",
    "ref": "4KX7NRH2WT",
    "csrf_token": "Yk3Tq9Lw0Xn5Zr8Pb2Vc7Hs4Jd6Gf1MaQeRuTiOoKxCvBnWmEzSyDlFpAhUgJtN0",
}
_SPACE: Final = uuid.UUID("0195d6a0-0000-7000-8000-000000000000")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """A key or secret that the world of the tests has under this name."""

    name: str

    @property
    def shown(self) -> str:
        """What stands for it: shaped like a real one, the same on every machine."""
        return SECRETS.get(self.name) or str(made_up_key(self.name))


def made_up_key(name: str) -> uuid.UUID:
    """A UUID of version 7 that only depends on a name."""
    tail = uuid.uuid5(_SPACE, name).int & (2**62 - 1)
    return uuid.UUID(int=(_SPACE.int >> 62 << 62) | tail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One request. ``caller`` is who sends it, a name that the world of the tests knows."""

    body: Any = None
    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)
    caller: str = ""


def refs(**names: str) -> dict[str, Ref]:
    """Parts of an address by the names of rows: ``refs(uuid="customer")``."""
    return {part: Ref(name=name) for part, name in names.items()}


def resolved(value: Any, key: Callable[[str], str]) -> Any:
    """A value with every ``Ref`` replaced by what ``key`` says to its name."""
    if isinstance(value, Ref):
        return key(value.name)
    if isinstance(value, Mapping):
        return {name: resolved(each, key) for name, each in value.items()}
    if isinstance(value, list):
        return [resolved(each, key) for each in value]
    return value


@cache
def of_package(package: str) -> tuple[Mapping[str, Example], Mapping[str, Any], Path | None]:
    """The examples of an api package, the answers to them, and the file of the answers."""
    if not package or find_spec(f"{package}.examples") is None:
        return {}, {}, None
    module = import_module(f"{package}.examples")
    path = Path(module.__file__ or "").with_name("answers.json")
    answers = json.loads(path.read_text()) if path.exists() else {}
    return module.EXAMPLES, answers, path


def package_of(view: Any) -> str:
    """The api package in which a view is defined; empty when it is in none."""
    app, inside, _ = type(view).__module__.partition(".api.")
    return f"{app}.api" if inside else ""


def put(described: dict[str, Any], view: Any, declared: Operation | None) -> None:
    """Put an operation's example into its description."""
    if declared is None:
        return
    asked, answers, _ = of_package(package_of(view))
    example = asked.get(declared.id)
    if example is None:
        return
    given = resolved({**example.path, **example.query, **example.headers}, _shown)
    for parameter in described.get("parameters", ()):
        if parameter["name"] in given:
            parameter["example"] = given[parameter["name"]]
    if example.body is not None and "requestBody" in described:
        described["requestBody"]["content"][JSON]["example"] = resolved(example.body, _shown)
    _put_answer(described, answers.get(declared.id))


def _put_answer(described: dict[str, Any], answer: Any) -> None:
    if answer is None:
        return
    response = described["responses"].get(str(answer["status"]), {})
    if JSON in response.get("content", {}):
        response["content"][JSON]["example"] = answer["body"]


def _shown(name: str) -> str:
    return Ref(name=name).shown
