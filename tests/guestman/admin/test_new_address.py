"""Adding an address with suggestions, without script and without a geocoder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from guestman import checks
from guestman.models import Customer, CustomerAddress
from tests.guestman import places
from tests.guestman.places import Places

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

HOME = {"purpose": "delivery", "street": "Rua Augusta", "number": "1500", "city": "São Paulo"}


@pytest.fixture
def google(settings: Settings) -> Iterator[Places]:
    with places.serve() as found:
        settings.GUESTMAN = {
            **settings.GUESTMAN,
            "GEOCODER": checks.GOOGLE_PLACES,
            "GOOGLE_PLACES_KEY": "key",
            "GOOGLE_PLACES_URL": found.url,
        }
        yield found


def page(row: Customer) -> str:
    return f"/admin/guestman/customer/{row.pk}/add-address/"


def test_without_a_geocoder_the_address_is_typed(desk: Client, jose: Customer) -> None:
    assert b'name="q"' not in desk.get(page(jose)).content
    assert desk.post(page(jose), HOME).status_code == 302
    assert CustomerAddress.objects.get().place_id == ""


def test_a_picked_suggestion_fills_the_fields_and_is_remembered(
    desk: Client, jose: Customer, google: Places
) -> None:
    found = desk.get(page(jose), {"q": "Rua Aug", "session": "s1"})
    text = found.content.decode()
    assert "Rua Augusta, 1" in text
    assert "Google Maps" in text
    assert "?place=place-1&amp;session=s1" in text
    picked = desk.get(page(jose), {"place": "place-1", "session": "s1"})
    assert 'value="01304-001"' in picked.content.decode()
    assert [asked["body"].get("sessionToken") for asked in google.asked[:1]] == ["s1"]
    assert google.asked[1]["query"]["sessionToken"] == "s1"
    sent = {**HOME, **picked.context["form"].initial, "instructions": "Ring twice"}
    assert desk.post(page(jose), sent).status_code == 302
    row = CustomerAddress.objects.get()
    assert (row.street, row.district, row.region) == ("Rua Augusta", "Consolação", "SP")
    assert (row.place_id, row.latitude) == ("place-1", None)


def test_an_address_that_was_rewritten_is_another_place(
    desk: Client, jose: Customer, google: Places
) -> None:
    initial = desk.get(page(jose), {"place": "place-1"}).context["form"].initial
    desk.post(page(jose), {**HOME, **initial, "number": "1"})
    assert CustomerAddress.objects.get().place_id == ""


def test_the_page_serves_when_the_geocoder_does_not(
    desk: Client, jose: Customer, google: Places
) -> None:
    google.status = 503
    for asked in ({"q": "Rua Augusta"}, {"place": "place-1"}):
        answer = desk.get(page(jose), asked)
        assert answer.status_code == 200
        assert "does not answer" in answer.content.decode()
    assert desk.post(page(jose), HOME).status_code == 302


def test_a_few_letters_and_a_stranger_ask_nobody(
    desk: Client, jose: Customer, google: Places
) -> None:
    assert desk.get(page(jose), {"q": "Ru"}).status_code == 200
    assert Client().get(page(jose), {"q": "Rua Augusta"}).status_code == 302
    assert google.asked == []


def test_an_unknown_address_is_said_to_be_so(desk: Client, jose: Customer, google: Places) -> None:
    google.body = b"{}"
    assert "No such address is known" in desk.get(page(jose), {"q": "zzzz"}).content.decode()
