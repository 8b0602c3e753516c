"""What a page of the account costs: bytes to the shopper, queries to the shop."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.config.conftest import Shopper

pytestmark = pytest.mark.django_db

BYTES = 50_000
#: The tenant, the session and its customer are three of them.
QUERIES = {
    "/account/": 7,
    "/account/profile/": 5,
    "/account/orders/": 5,
    "/account/addresses/": 4,
    "/account/addresses/add/": 3,
}


@pytest.fixture
def busy(ana: Shopper) -> Shopper:
    """Somebody with more than a page of orders and a street full of addresses."""
    for number in range(25):
        ana.order(key=f"order-{number}")
        ana.address(number=str(number), instructions="Ring twice, then wait for the dog.")
    return ana


def weight(shopper: Shopper, path: str) -> int:
    """Bytes a browser takes in for a page it sees for the first time: HTML and style sheets."""
    page = shopper.get(path).content
    total = len(page)
    for sheet in re.findall(rb'<link rel="stylesheet" href="([^"]+)"', page):
        address = sheet.decode()
        if address.startswith("/static/"):
            total += Path(str(finders.find(address.removeprefix("/static/")))).stat().st_size
        else:
            total += len(shopper.get(address).content)
    return total


def test_no_page_weighs_more_than_it_may(busy: Shopper) -> None:
    placed = busy.order(key="last")
    for path in (*QUERIES, f"/account/orders/{placed.pk}/", "/auth/sessions/"):
        assert 5_000 < weight(busy, path) < BYTES, path


@pytest.mark.parametrize("path", QUERIES)
def test_a_page_makes_the_same_few_queries_however_much_there_is(busy: Shopper, path: str) -> None:
    busy.get(path)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert busy.get(path).status_code == 200
    assert len(asked) <= QUERIES[path], [each["sql"][:120] for each in asked]
