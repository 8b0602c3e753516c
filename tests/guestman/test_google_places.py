"""Google Places as the geocoder, against a stand-in that fails in every way."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from pytest_django import Settings

from guestman import checks
from guestman.adapters import google_places
from guestman.adapters.google_places import GooglePlacesGeocoder
from guestman.services import ports
from shopman.errors import Unavailable
from tests.guestman import places
from tests.guestman.places import Places

KEY = "AIza-very-secret"
SESSION = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.fixture
def google(settings: Settings) -> Iterator[Places]:
    with places.serve() as found:
        settings.GUESTMAN = {
            "GEOCODER": checks.GOOGLE_PLACES,
            "GOOGLE_PLACES_KEY": KEY,
            "GOOGLE_PLACES_URL": found.url,
        }
        yield found


def test_what_is_typed_becomes_suggestions(google: Places) -> None:
    with translation.override("pt-br"):
        found = ports.geocoder.get().suggest("Rua Aug", country="BR", limit=3, session=SESSION)
    assert [(each.place_id, each.label) for each in found] == [
        ("place-1", "Rua Augusta, 1"),
        ("place-2", "Rua Augusta, 2"),
        ("place-3", "Rua Augusta, 3"),
    ]
    assert {each.attribution for each in found} == {"Google Maps"}
    (asked,) = google.asked
    assert asked["path"] == "/v1/places:autocomplete"
    assert asked["key"] == KEY
    assert asked["body"]["input"] == "Rua Aug"
    assert asked["body"]["includedRegionCodes"] == ["br"]
    assert asked["body"]["languageCode"] == "pt-br"
    assert asked["body"]["sessionToken"] == SESSION
    assert asked["fields"] == (
        "suggestions.placePrediction.placeId,suggestions.placePrediction.text.text"
    )


def test_the_picked_place_has_its_parts(google: Places) -> None:
    found = GooglePlacesGeocoder().place("place/1?x", session=SESSION)
    assert (found.street, found.number, found.district) == ("Rua Augusta", "1500", "Consolação")
    assert (found.city, found.region, found.postal_code) == ("São Paulo", "SP", "01304-001")
    assert (found.country, found.place_id) == ("BR", "place-1")
    assert (found.latitude, found.longitude) == (Decimal("-23.555972"), Decimal("-46.661437"))
    (asked,) = google.asked
    assert asked["path"] == "/v1/places/place%2F1%3Fx"
    assert asked["query"]["sessionToken"] == SESSION
    assert asked["fields"] == "id,formattedAddress,addressComponents,location"


def test_a_place_may_lack_parts_and_a_session_of_another_form_is_left_out(
    google: Places,
) -> None:
    google.body = b'{"id": "p"}'
    found = GooglePlacesGeocoder().place("p", session="a b\n")
    assert (found.street, found.city, found.latitude, found.label) == ("", "", None, "")
    assert "sessionToken" not in google.asked[0]["query"]


def test_nothing_found_is_an_empty_answer(google: Places) -> None:
    google.body = b"{}"
    assert list(GooglePlacesGeocoder().suggest("zzz")) == []
    assert "includedRegionCodes" not in google.asked[0]["body"]


def fail(**facts: Any) -> Callable[[Places], None]:
    def change(google: Places) -> None:
        for name, value in facts.items():
            setattr(google, name, value)

    return change


@pytest.mark.parametrize(
    "failing",
    [
        fail(status=400, body=f'{{"error": {{"message": "key {KEY}"}}}}'.encode()),
        fail(status=403),
        fail(status=404),
        fail(status=429),
        fail(status=500),
        fail(status=503, body=b""),
        fail(status=204, body=b""),
        fail(status=302, headers={"Location": "http://127.0.0.1:9/"}),
        fail(body=b"<html>"),
        fail(body=b'{"suggestions": '),
        fail(body=b"\xff\xfe"),
        fail(body=b"[1]"),
        fail(body=b"null"),
        fail(body=b"[" * 100_000),
        fail(body=b'{"suggestions": [{}], "id": 5}'),
        fail(body=b'{"suggestions": 5, "addressComponents": 5, "id": "p"}'),
        fail(body=b'{"suggestions": [null], "id": "p", "location": {"latitude": "x"}}'),
        fail(body=b'{"a": "' + b"x" * 300_000 + b'"}'),
        fail(hangs_up=True),
    ],
)
def test_every_failure_is_unavailable_and_tells_no_secret(
    google: Places, failing: Callable[[Places], None], caplog: pytest.LogCaptureFixture
) -> None:
    failing(google)
    geocoder = GooglePlacesGeocoder()
    for ask in (lambda: geocoder.suggest("Rua Aug"), lambda: geocoder.place("p")):
        caplog.clear()
        with pytest.raises(Unavailable) as failure:
            ask()
        assert KEY not in f"{failure.value!r} {failure.value.__context__!r} {caplog.text}"
        assert "Rua Aug" not in caplog.text
        assert failure.value.__cause__ is None
        assert "Google Places: " in caplog.text


@pytest.mark.parametrize("drips", [False, True])
def test_an_answer_that_comes_too_late_is_none(
    google: Places, monkeypatch: pytest.MonkeyPatch, drips: bool
) -> None:
    monkeypatch.setattr(google_places, "TIMEOUT_SECONDS", 0.3)
    google.drips, google.delay_seconds = drips, 0.05 if drips else 2
    started = time.monotonic()
    with pytest.raises(Unavailable):
        GooglePlacesGeocoder().suggest("Rua")
    assert time.monotonic() - started < 1.5


def test_nobody_at_home_and_no_such_host_are_unavailable(
    google: Places, settings: Settings
) -> None:
    for url in ("http://127.0.0.1:9", "http://places.invalid", "nonsense"):
        settings.GUESTMAN = {**settings.GUESTMAN, "GOOGLE_PLACES_URL": url}
        with pytest.raises(Unavailable):
            GooglePlacesGeocoder().suggest("Rua")


def test_a_key_with_a_line_break_is_not_quoted(
    google: Places, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    for key in (f"{KEY}\nX: y", f"{KEY}é\u2026"):
        settings.GUESTMAN = {**settings.GUESTMAN, "GOOGLE_PLACES_KEY": key}
        with pytest.raises(Unavailable) as failure:
            GooglePlacesGeocoder().suggest("Rua")
        assert KEY not in f"{failure.value!r} {failure.value.__cause__!r} {caplog.text}"


@pytest.mark.parametrize(
    ("given", "complaints"),
    [
        ({}, []),
        ({"GOOGLE_PLACES_KEY": ""}, ["guestman.E003"]),
        ({"GOOGLE_PLACES_KEY": " key"}, ["guestman.E003"]),
        ({"GOOGLE_PLACES_URL": "http://places.example"}, ["guestman.E004"]),
        ({"GOOGLE_PLACES_URL": ""}, ["guestman.E004"]),
        ({"GEOCODER": "guestman.protocols.geocoder.NullGeocoder", "GOOGLE_PLACES_KEY": ""}, []),
    ],
)
def test_the_settings_are_checked(
    google: Places, settings: Settings, given: dict[str, str], complaints: list[str]
) -> None:
    settings.GUESTMAN = {**settings.GUESTMAN, **given}
    assert [each.id for each in checks.google_places_is_usable(None)] == complaints
