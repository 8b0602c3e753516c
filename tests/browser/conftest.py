"""A live server that a browser can use without TLS, and eyes to look at it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.browser.looking import Eyes


@pytest.fixture
def plain_http(settings: Settings) -> None:
    """Plain cookie names and no redirect: the test's server speaks no TLS."""
    settings.DEBUG = True
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = False
    settings.CSRF_COOKIE_SECURE = False


@pytest.fixture
def eyes(browser: Browser, live_server: LiveServer, plain_http: None) -> Eyes:
    """Opens pages of the live server; ``sign_in`` first for those of staff."""
    address: str = live_server.url
    return Eyes(browser=browser, address=address)
