"""The pages of the documentation, and the code that stands in them."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"

_TITLED = re.compile(r'^```python title="([\w/]+\.py)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)
_SESSION = re.compile(r"^```pycon\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def text(page: str) -> str:
    """A page as it is written."""
    return (DOCS / page).read_text(encoding="utf-8")


def names() -> list[str]:
    """Every page, by its path under ``docs/``."""
    return sorted(file.relative_to(DOCS).as_posix() for file in DOCS.rglob("*.md"))


def files(page: str) -> dict[str, str]:
    """The code blocks of a page that have a file name, by that name."""
    return dict(_TITLED.findall(text(page)))


def session(page: str) -> str:
    """Everything that a page types into a Python prompt, in order."""
    return "\n".join(_SESSION.findall(text(page)))


def load(page: str, folder: Path) -> dict[str, ModuleType]:
    """Write a page's files into a folder and import them, by their dotted names.

    Packages of one name must not come from two pages.
    """
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    for name, code in files(page).items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(code, encoding="utf-8")
        (file.parent / "__init__.py").touch()
    importlib.invalidate_caches()
    dotted = [name.removesuffix(".py").replace("/", ".") for name in files(page)]
    return {name: importlib.import_module(name) for name in dotted}
