"""The door speaks Portuguese and Spanish; ``tests/test_messages.py`` holds it to it."""

from __future__ import annotations

import pytest

from devtools import messages
from tests.doorman.conftest import EMAIL, PHONE, Browser, Door


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_text_messages_fit_the_cheap_alphabet(language: str) -> None:
    """A letter outside GSM 03.38 halves what fits into one text message; plain ASCII is inside."""
    said = messages.read("doorman", language).get(
        "%(shop)s: %(code)s is your code. Give it to nobody."
    )
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
