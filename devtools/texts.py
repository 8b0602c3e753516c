"""What the apps say to people: every text that has to be translated, and where it stands."""

from __future__ import annotations

import ast
import gettext
import inspect
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import django
import unfold
from babel.messages.extract import extract
from django.utils.translation.template import templatize

from devtools import ROOT

_KEYWORDS: Final = {
    name: place
    for names, place in (
        (("_", "gettext", "gettext_lazy", "gettext_noop"), None),
        (("ngettext", "ngettext_lazy"), (1, 2)),
        (("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
        (("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
    )
    for name in names
}
#: Whose texts without a translation of their own config's catalogue has, too.
THEME: Final = Path(unfold.__file__).parent
_SKIPPED: Final = {"migrations", "locale", "static"}
#: Rooms of the theme for packages that are not installed here.
_THEME_SKIPPED: Final = {
    "constance", "crispy", "forms", "guardian", "import_export", "inlines", "location_field",
    "simple_history", "unfold_crispy",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One text; ``id`` is a singular and a plural where it counts something."""

    id: str | tuple[str, str]
    context: str | None
    file: str

    @property
    def key(self) -> str:
        """What it is looked up by."""
        return self.id if isinstance(self.id, str) else self.id[0]

    @property
    def fullest(self) -> str:
        """The wording with all placeholders: the plural, where there is one."""
        return self.id if isinstance(self.id, str) else self.id[1]


def collect(app: str, language: str) -> list[Text]:
    """Every text of an app in the order of its files, each once.

    Those of the theme are config's, as far as neither it nor Django has them in the language.
    """
    found = list(_of_package(ROOT / app))
    if app == "config":
        known = _django(language)
        found += [text for text in _of_package(THEME) if (text.key, text.context) not in known]
    return list({(text.key, text.context): text for text in reversed(found)}.values())[::-1]


@cache
def _of_package(package: Path) -> tuple[Text, ...]:
    return tuple(
        Text(id=text, context=context, file=file.relative_to(package.parent).as_posix())
        for file in _files(package)
        for text, context in _of_file(file)
    )


def _files(package: Path) -> Iterator[Path]:
    for file in sorted(package.rglob("*")):
        inside = file.relative_to(package).parts
        if package == THEME and not _THEME_SKIPPED.isdisjoint(inside):
            continue
        is_template = "templates" in inside and file.suffix in (".html", ".txt")
        if _SKIPPED.isdisjoint(inside) and (is_template or file.suffix == ".py"):
            yield file


def _of_file(file: Path) -> Iterator[tuple[Any, str | None]]:
    source = file.read_text()
    if file.suffix != ".py":
        # Lines of a template are no blocks of Python, whatever they are indented by.
        lines = templatize(source).splitlines()
        yield from _marked("\n".join(line.lstrip() for line in lines))
        return
    yield from _marked(source)
    yield from ((sentence, None) for sentence in _of_failures(ast.parse(source)))


def _marked(source: str) -> Iterator[tuple[Any, str | None]]:
    for _line, text, _comments, context in extract(
        "python", io.BytesIO(source.encode()), _KEYWORDS
    ):
        yield text, context


def _of_failures(tree: ast.Module) -> Iterator[str]:
    """Docstrings of failures (classes with a code), and the messages of single fields."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any(map(_is_code, node.body)):
            text = inspect.cleandoc(ast.get_docstring(node) or "").partition("\n\n")[0]
            if text:
                yield text
        elif isinstance(node, ast.Call) and _name(node.func) == "FieldError":
            yield from _literals(word.value for word in node.keywords if word.arg == "message")


def _is_code(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Assign)
        and [_name(target) for target in statement.targets] == ["code"]
        and bool(list(_literals([statement.value])))
    )


def _literals(nodes: Iterable[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


@cache
def _django(language: str) -> frozenset[tuple[str, str | None]]:
    """What Django and the theme have translated in a language."""
    found = set()
    for package in (Path(django.__file__).parent, THEME):
        for file in package.rglob(f"locale/{language}/LC_MESSAGES/django.mo"):
            with file.open("rb") as source:
                catalogue: Any = gettext.GNUTranslations(source)
            for key, translation in catalogue._catalog.items():
                text = key[0] if isinstance(key, tuple) else key
                context, mark, rest = text.partition("\x04")
                if translation:
                    found.add((rest, context) if mark else (text, None))
    return frozenset(found)
