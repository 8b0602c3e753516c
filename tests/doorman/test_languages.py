"""The door speaks Portuguese and Spanish, completely."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from devtools.messages import collect, compiled
from tests.doorman.conftest import EMAIL, PHONE, Browser, Door

APP = Path(__file__).parents[2] / "doorman"
CATALOGUES = [APP / "locale" / name / "LC_MESSAGES" / "django.po" for name in ("pt_BR", "es")]
_PLACEHOLDER = re.compile(r"%\(\w+\)s|%d|<\w+>")


@pytest.fixture(params=CATALOGUES, ids=["pt_BR", "es"])
def catalogue(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


def read(catalogue: Path) -> Catalog:
    with catalogue.open("rb") as file:
        return read_po(file, locale=catalogue.parent.parent.name)


def test_no_text_lacks_its_translation(catalogue: Path) -> None:
    known = read(catalogue)
    for text in collect(APP):
        message = known.get(text if isinstance(text, str) else text[0])
        assert message is not None, text
        translations = [message.string] if isinstance(message.string, str) else message.string
        assert all(translations), text
        assert not message.fuzzy, text
        source = text if isinstance(text, str) else text[1]
        for each in translations:
            assert sorted(_PLACEHOLDER.findall(each)) == sorted(_PLACEHOLDER.findall(source)), text


def test_no_translation_is_left_over(catalogue: Path) -> None:
    said = {text if isinstance(text, str) else text[0] for text in collect(APP)}
    left = {each.id if isinstance(each.id, str) else each.id[0] for each in read(catalogue)}
    assert left - {""} == said


def test_the_compiled_file_is_of_this_catalogue(catalogue: Path) -> None:
    assert catalogue.with_suffix(".mo").read_bytes() == compiled(catalogue)


def test_text_messages_fit_the_cheap_alphabet(catalogue: Path) -> None:
    """A letter outside GSM 03.38 halves what fits into one text message; plain ASCII is inside."""
    said = read(catalogue).get("%(shop)s: %(code)s is your code. Give it to nobody.")
    assert said is not None
    assert str(said.string).isascii()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "title", "subject"),
    [
        ("pt-BR,pt;q=0.9", "Digite o código", "Entrar em Shop"),
        ("es-MX", "Escriba el código", "Entrar en Shop"),
        ("de", "Enter the code", "Sign in to Shop"),
    ],
)
def test_pages_and_messages_speak_the_readers_language(
    browser_client: Browser, door: Door, language: str, title: str, subject: str
) -> None:
    browser_client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    browser_client.submit("/auth/login/", identifier=EMAIL)
    assert title in browser_client.get("/auth/code/").content.decode()
    assert door.sent[-1].subject == subject


@pytest.mark.django_db
def test_errors_are_translated(browser_client: Browser, door: Door) -> None:
    browser_client.defaults["HTTP_ACCEPT_LANGUAGE"] = "pt-BR"
    answer = browser_client.ask("123")
    assert answer.json()["detail"] == "Este não é um telefone ou e-mail que possamos usar."
    browser_client.submit("/auth/login/", identifier=PHONE)
    page = browser_client.submit("/auth/login/", identifier=PHONE)
    assert page.status_code == 429
    assert "Possível em 60 segundos." in page.content.decode()
