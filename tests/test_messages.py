"""Catalogues are complete, and the tool that says so notices when they are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from devtools import messages, texts


@pytest.mark.parametrize("language", messages.LANGUAGES)
@pytest.mark.parametrize("app", messages.CHECKED)
def test_a_catalogue_is_complete_and_compiled(app: str, language: str) -> None:
    assert messages.problems(app, language) == []


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small app with a word in Python, one in a template, and an error."""
    for module in (messages, texts):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    texts._of_package.cache_clear()
    folder = tmp_path / "small"
    (folder / "templates").mkdir(parents=True)
    (folder / "views.py").write_text(
        "from django.utils.translation import ngettext, pgettext\n"
        "pgettext('order', 'Ready')\n"
        "ngettext('%(count)s day', '%(count)s days', 2)\n"
        "FieldError(field='a', code='b', message='Not that.')\n"
    )
    (folder / "errors.py").write_text(
        "class Shut(Conflict):\n"
        '    """The shop is shut.\n\n    For those who read code."""\n\n'
        '    code = "shut"\n'
    )
    (folder / "templates" / "page.html").write_text(
        "{% load i18n %}\n  <p>{% translate 'Good day' %}</p>\n"
        "    {% blocktranslate with name=x %}Hello, <b>{{ name }}</b>{% endblocktranslate %}\n"
    )
    messages.update("small", "es")
    yield folder
    texts._of_package.cache_clear()


def fill(language: str = "es", **changed: str) -> None:
    """Translate everything into itself, but what is said otherwise."""
    file = messages.path("small", language)
    with file.open("rb") as source:
        catalogue = read_po(source, locale=language)
    for each in catalogue:
        if each.id:
            plain = each.id if isinstance(each.id, str) else tuple(each.id)
            each.string = changed.get(each.id, plain) if isinstance(plain, str) else plain
    with file.open("wb") as target:
        messages.write_po(target, catalogue, include_lineno=False)
    file.with_suffix(".mo").write_bytes(messages.compiled("small", language))


def test_texts_come_from_code_templates_and_errors(app: Path) -> None:
    found = [(text.id, text.context) for text in texts.collect("small", "es")]
    assert found == [
        ("The shop is shut.", None),
        ("Good day", None),
        ("Hello, <b>%(name)s</b>", None),
        ("Ready", "order"),
        (("%(count)s day", "%(count)s days"), None),
        ("Not that.", None),
    ]


def test_what_is_not_translated_is_named(app: Path) -> None:
    assert sum(line.startswith("untranslated") for line in messages.problems("small", "es")) == 6
    fill()
    assert messages.problems("small", "es") == []


def test_a_new_text_a_left_over_one_and_a_stale_file_are_named(app: Path) -> None:
    fill()
    page = app / "templates" / "page.html"
    page.write_text(page.read_text().replace("Good day", "Good night"))
    texts._of_package.cache_clear()
    messages.path("small", "es").with_suffix(".mo").write_bytes(b"old")
    found = "\n".join(messages.problems("small", "es"))
    assert "new: 'Good night'" in found
    assert "left over: 'Good day'" in found
    assert "django.mo is not compiled" in found


def test_a_lost_placeholder_or_tag_is_named(app: Path) -> None:
    fill(**{"Hello, <b>%(name)s</b>": "Hola, %(name)s"})
    assert messages.problems("small", "es") == ["placeholders differ: 'Hello, <b>%(name)s</b>'"]


def test_an_update_keeps_what_was_translated(app: Path) -> None:
    fill(**{"Good day": "Buen día"})
    (app / "more.py").write_text("_('One more')")
    texts._of_package.cache_clear()
    messages.update("small", "es")
    assert messages.problems("small", "es") == ["untranslated: 'One more'"]
    kept = messages.read("small", "es").get("Good day")
    assert kept is not None
    assert kept.string == "Buen día"


def test_a_check_writes_nothing_and_fails(
    app: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(messages, "CHECKED", ("small",))
    monkeypatch.setattr(messages, "LANGUAGES", ("es",))
    before = messages.path("small", "es").read_bytes()
    assert messages.main(["--check"]) == 1
    assert "6 to do" in capsys.readouterr().out
    assert messages.path("small", "es").read_bytes() == before
    fill()
    assert messages.main(["--check"]) == 0


def test_texts_of_the_theme_that_django_has_are_left_to_django() -> None:
    found = {text.key for text in texts.collect("config", "pt_BR")}
    assert "Apply Filters" in found
    assert "Log in" not in found
