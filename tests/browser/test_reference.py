"""The reference of the API, as its readers use it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.looking import Eyes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_operation_is_found_opened_and_linked(eyes: Eyes) -> None:
    with eyes.open("/api/docs/", width=320) as watched:
        page = watched.page
        operation = page.locator(".opblock-summary-control").first
        expect(operation).to_be_visible(timeout=30_000)
        watched.keep("reference-320-light")
        watched.fits()
        watched.accessible()
        operation.focus()
        page.keyboard.press("Enter")
        expect(operation).to_have_attribute("aria-expanded", "true")
        expect(page).to_have_url(re.compile("/api/docs/#/.+"))
        address = page.url
        watched.quiet(eyes.host)
    with eyes.open(address.removeprefix(eyes.address)) as watched:
        opened = watched.page.locator(".opblock-summary-control[aria-expanded=true]")
        expect(opened).to_be_visible(timeout=30_000)
