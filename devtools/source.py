"""The suite's code, read for the reference pages. Importing this sets Django up."""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import pkgutil
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import django

from devtools import ROOT

sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

APPS = ("shopman", "guestman", "doorman", "omniman", "offerman")


def modules(package: str) -> Iterator[Any]:
    """Every module of an app but its migrations."""
    root = importlib.import_module(package)
    for found in pkgutil.walk_packages(root.__path__, f"{package}."):
        if ".migrations" not in found.name:
            yield importlib.import_module(found.name)


@cache
def every_module() -> list[Any]:
    """The modules of all apps."""
    return [module for app in APPS for module in modules(app)]


@cache
def tree(module: Any) -> ast.Module:
    """A module's source, parsed."""
    return ast.parse(Path(module.__file__).read_text(encoding="utf-8"))


def first_paragraph(documented: object) -> str:
    """The beginning of a docstring, on one line."""
    return " ".join(
        inspect.cleandoc(getattr(documented, "__doc__", "") or "").split("\n\n")[0].split()
    )


def comments(source: str) -> dict[str, str]:
    """The ``#:`` comment above each assignment of a piece of source."""
    found: dict[str, str] = {}
    gathered: list[str] = []
    for line in source.splitlines():
        text = line.strip()
        if text.startswith("#:"):
            gathered.append(text[2:].strip())
            continue
        name = re.match(r"(\w+)\s*[:=]", text)
        if name and gathered:
            found[name[1]] = " ".join(gathered)
        gathered = []
    return found


def cell(text: object) -> str:
    """A text as it stands in a cell of a table."""
    return str(text).replace("|", "\\|").replace("\n", " ")
