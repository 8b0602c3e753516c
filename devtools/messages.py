"""Translations: ``python -m devtools.messages [--check] [APP ...]``.

Without ``--check`` it brings catalogues up to date: texts come from gettext calls in Python and
templates, and from errors, whose docstrings are the sentences people read. New ones appear
untranslated in ``locale/<language>/LC_MESSAGES/django.po``, translations of texts that are still
there stay, and the compiled ``.mo`` is written beside each ``.po``. Both are committed.

With ``--check`` it writes nothing and fails when a text is new, left over, fuzzy or untranslated,
when a placeholder or a tag is lost, or when a ``.mo`` is not that of its ``.po``.

Without names it does the catalogues of ``CHECKED``.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from devtools import ROOT
from devtools.texts import Text, collect

#: Every app that has texts of its own.
APPS: Final = ("shopman", "guestman", "doorman", "omniman", "offerman", "config")
#: Those whose catalogues are complete and must stay so.
CHECKED: Final = APPS
LANGUAGES: Final = ("pt_BR", "es")

_TEAM: Final = "the Shopman contributors"
_MARKS: Final = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{[\w.]*\}|</?\w+[^>]*>")


def main(arguments: Sequence[str]) -> int:
    """Bring catalogues up to date, or say what is wrong with them. Returns an exit code."""
    parser = argparse.ArgumentParser(prog="python -m devtools.messages", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail when not up")
    parser.add_argument("apps", nargs="*", metavar="APP", choices=[[], *APPS])
    given = parser.parse_args(arguments)
    found = 0
    for app in given.apps or CHECKED:
        for language in LANGUAGES:
            if not given.check:
                update(app, language)
            wrong = problems(app, language)
            found += len(wrong)
            print(f"{app} {language}: {len(wrong)} to do" if wrong else f"{app} {language}: fine")
            print("".join(f"  {line}\n" for line in wrong), end="")
    return 1 if given.check and found else 0


def path(app: str, language: str) -> Path:
    """Where the catalogue of an app is."""
    return ROOT / app / "locale" / language / "LC_MESSAGES" / "django.po"


def read(app: str, language: str) -> Catalog:
    """The catalogue of an app as it is; an empty one where there is none."""
    file = path(app, language)
    if not file.exists():
        return Catalog(
            locale=language,
            project="Shopman",
            version="0.1",
            header_comment=f"# Texts of {app}.",
            msgid_bugs_address="see SECURITY.md and CONTRIBUTING.md",
            last_translator=_TEAM,
            language_team=_TEAM,
            charset="utf-8",
            fuzzy=False,
        )
    with file.open("rb") as source:
        return read_po(source, locale=language)


def update(app: str, language: str) -> None:
    """Merge what an app says now into its ``.po`` and compile it."""
    template = Catalog(charset="utf-8")
    for text in collect(app, language):
        # Templates have braces and signs of their own; Babel's guess of the format stays out.
        template.add(text.id, locations=[(text.file, 0)], context=text.context)
    merged = read(app, language)
    merged.update(template, no_fuzzy_matching=True, update_creation_date=False)
    file = path(app, language)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as target:
        write_po(target, merged, width=100, include_lineno=False, ignore_obsolete=True)
    file.with_suffix(".mo").write_bytes(compiled(app, language))


def compiled(app: str, language: str) -> bytes:
    """The ``.mo`` of a ``.po``."""
    target = io.BytesIO()
    write_mo(target, read(app, language))
    return target.getvalue()


def problems(app: str, language: str) -> list[str]:
    """What is wrong with a catalogue, a line each; none when it is complete."""
    known, texts = read(app, language), collect(app, language)
    wrong = [line for text in texts for line in _faults(text, known.get(text.key, text.context))]
    said = {(text.key, text.context) for text in texts}
    wrong += [
        f"left over: {each.id!r}"
        for each in known
        if each.id and (_key(each), each.context) not in said
    ]
    binary = path(app, language).with_suffix(".mo")
    if not binary.exists() or binary.read_bytes() != compiled(app, language):
        wrong.append(f"{binary.relative_to(ROOT)} is not compiled from its .po")
    return wrong


def _faults(text: Text, message: Message | None) -> Iterator[str]:
    if message is None:
        yield f"new: {text.key!r} ({text.file})"
        return
    given = message.string
    translations = [given] if isinstance(given, str) else list(given or ())
    if message.fuzzy:
        yield f"fuzzy: {text.key!r}"
    if not translations or not all(translations):
        yield f"untranslated: {text.key!r}"
        return
    wanted = sorted(_MARKS.findall(text.fullest))
    if any(sorted(_MARKS.findall(each)) != wanted for each in translations):
        yield f"placeholders differ: {text.key!r}"


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
