"""The panel on the customer's page."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache
from django.test import Client

from guestman.contrib.duplicates.rules.agreement import DateLevel, Level
from guestman.contrib.duplicates.rules.scoring import Evidence
from guestman.contrib.duplicates.services.words import FEATURES, LEVELS, sentence
from guestman.services import customer
from shopman.models import Tenant
from tests.shopman.factories import member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

BORN = dt.date(1980, 5, 17)
TITLE = "May be the same person"


@pytest.fixture
def desk(in_tenant: Tenant) -> Client:
    cache.clear()
    client = Client()
    client.force_login(member(in_tenant, "read_only", username="rui"))
    return client


def test_the_page_says_who_else_it_may_be_and_why(desk: Client) -> None:
    email = "ana.souza@loja.com.br"
    ana = customer.create(first_name="Ana", last_name="Souza", birth_date=BORN, email=email)
    twin = customer.create(first_name="Anna", last_name="Souza", birth_date=BORN, email=email)
    page = desk.get(f"/admin/guestman/customer/{ana.pk}/change/").content.decode()
    assert TITLE in page
    assert f"/admin/guestman/customer/{twin.pk}/change/" in page
    assert "First name: a letter or two apart (+" in page
    assert "E-mail: the same (+" in page


def test_nobody_alike_and_no_panel(desk: Client) -> None:
    ana = customer.create(first_name="Ana", last_name="Souza", birth_date=BORN)
    customer.create(first_name="Otto", last_name="Krull")
    page = desk.get(f"/admin/guestman/customer/{ana.pk}/change/").content.decode()
    assert TITLE not in page


def test_every_level_has_words() -> None:
    levels = {each.name.lower() for kind in (Level, DateLevel) for each in kind}
    assert levels <= LEVELS.keys()
    for feature in FEATURES:
        assert "(−2.0)" in sentence(Evidence(feature=feature, level="together", weight=-2))
