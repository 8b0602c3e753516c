"""Translations: ``python -m devtools.messages APP ...`` brings catalogues up to date.

Texts come from gettext calls in Python and templates, and from the docstrings of errors, which are
the sentences people read. New ones appear untranslated in ``locale/<language>/LC_MESSAGES``; the
compiled ``.mo`` is written beside each ``.po``. Both are committed.
"""

from __future__ import annotations

import ast
import inspect
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from devtools import ROOT

KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
}
Text = str | tuple[str, ...]


def main(apps: list[str]) -> None:
    """Bring the catalogues of these apps up to date."""
    for name in apps:
        for catalogue in catalogues(ROOT / name):
            update(ROOT / name, catalogue)


def catalogues(app: Path) -> list[Path]:
    """The ``.po`` files of an app."""
    return sorted(app.glob("locale/*/LC_MESSAGES/django.po"))


def collect(app: Path) -> dict[Text, str]:
    """Every text of an app, with the file that has it; a tuple is a singular and a plural."""
    found: dict[Text, str] = {}
    for file in sorted(app.rglob("*.py")):
        for text in [*_marked(file.read_bytes()), *_of_errors(file)]:
            found.setdefault(text, file.relative_to(app.parent).as_posix())
    for file in sorted(app.glob("templates/**/*.*")):
        for text in _marked(templatize(file.read_text()).encode()):
            found.setdefault(text, file.relative_to(app.parent).as_posix())
    return found


def update(app: Path, catalogue: Path) -> None:
    """Merge what the app says now into a ``.po`` and compile it."""
    language = catalogue.parent.parent.name
    template = Catalog(charset="utf-8")
    for text, file in collect(app).items():
        # Templates have braces and signs of their own; Babel's guess of the format stays out.
        template.add(text, locations=[(file, 0)])
    with catalogue.open("rb") as source:
        merged = read_po(source, locale=language)
    merged.update(template, no_fuzzy_matching=True)
    with catalogue.open("wb") as target:
        write_po(target, merged, width=100, omit_header=False, include_lineno=False)
    catalogue.with_suffix(".mo").write_bytes(compiled(catalogue))


def compiled(catalogue: Path) -> bytes:
    """The ``.mo`` of a ``.po``."""
    with catalogue.open("rb") as source:
        parsed = read_po(source, locale=catalogue.parent.parent.name)
    target = io.BytesIO()
    write_mo(target, parsed)
    return target.getvalue()


def _marked(source: bytes) -> Iterator[Text]:
    for _line, text, _comments, _context in extract("python", io.BytesIO(source), KEYWORDS):
        yield text


def _of_errors(file: Path) -> Iterator[str]:
    if file.name != "errors.py":
        return
    for node in ast.parse(file.read_text()).body:
        text = ast.get_docstring(node) if isinstance(node, ast.ClassDef) else None
        if text:
            yield inspect.cleandoc(text).partition("\n\n")[0]


if __name__ == "__main__":
    main(sys.argv[1:])
