"""Google Places (New) as the geocoder: autocomplete while somebody types, details once they pick.

Set ``GUESTMAN["GOOGLE_PLACES_KEY"]`` and name this class in ``GUESTMAN["GEOCODER"]``; see
docs/howto/addresses.md. By Google's reference of the Places API (New): ``places:autocomplete`` and
place details, each with the smallest field mask that serves, under one session token.

The key travels in a header, never in an address, and nothing of a request or an answer is logged or
kept in an error but the number of the status or the kind of the failure.
"""

from __future__ import annotations

import json
import logging
import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from decimal import Decimal, InvalidOperation
from http import client
from threading import Event
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from django.utils import translation
from django.views.decorators.debug import sensitive_variables

from guestman.conf import conf
from guestman.protocols.geocoder import Geocoder, PlaceSuggestion
from shopman.errors import Unavailable

logger = logging.getLogger(__name__)

#: Seconds from asking to the last byte of the answer, looking up the host's name included.
TIMEOUT_SECONDS: Final = 2.0
#: A longer answer is none of ours.
MAX_ANSWER_BYTES: Final = 256 * 1024
MAX_TEXT_LENGTH: Final = 200
#: What the terms ask to be shown beside suggestions.
ATTRIBUTION: Final = "Google Maps"

_PREDICTION: Final = "suggestions.placePrediction"
_SUGGEST_FIELDS: Final = f"{_PREDICTION}.placeId,{_PREDICTION}.text.text"
_PLACE_FIELDS: Final = "id,formattedAddress,addressComponents,location"
#: An address is wanted, not a business.
_KINDS: Final = ("street_address", "premise", "subpremise", "route")
_SESSION: Final = re.compile(r"[A-Za-z0-9_-]{1,36}\Z")

#: Field of ours: kinds of components, the first known one is taken, in its long or short text.
_COMPONENTS: Final[Mapping[str, tuple[Sequence[str], str]]] = {
    "street": (("route",), "longText"),
    "number": (("street_number",), "longText"),
    "district": (("sublocality_level_1", "sublocality", "neighborhood"), "longText"),
    "city": (("locality", "postal_town", "administrative_area_level_2"), "longText"),
    "region": (("administrative_area_level_1",), "shortText"),
    "postal_code": (("postal_code",), "longText"),
    "country": (("country",), "shortText"),
}

# So many questions at once; the next ones wait, and are given up in time like any other.
_workers = ThreadPoolExecutor(max_workers=8, thread_name_prefix="google-places")


class GooglePlacesGeocoder(Geocoder):
    """Asks Google. Every failure is ``Unavailable``: people type the address then."""

    def suggest(
        self, text: str, *, country: str | None = None, limit: int = 5, session: str = ""
    ) -> Sequence[PlaceSuggestion]:
        asked = {
            "input": text[:MAX_TEXT_LENGTH],
            "languageCode": translation.get_language() or "en",
            "includedPrimaryTypes": _KINDS,
            **({"includedRegionCodes": [country.lower()]} if country else {}),
            **_session(session),
        }
        answer = _ask("POST", "/v1/places:autocomplete", fields=_SUGGEST_FIELDS, body=asked)
        with _understanding():
            found = [each["placePrediction"] for each in answer.get("suggestions", ())]
            return [
                PlaceSuggestion(
                    place_id=_text(each["placeId"]),
                    label=_text(each["text"]["text"]),
                    attribution=ATTRIBUTION,
                )
                for each in found[:limit]
            ]

    def place(self, place_id: str, *, session: str = "") -> PlaceSuggestion:
        query = {"languageCode": translation.get_language() or "en", **_session(session)}
        path = f"/v1/places/{quote(place_id, safe='')}?{urlencode(query)}"
        answer = _ask("GET", path, fields=_PLACE_FIELDS)
        with _understanding():
            position = answer.get("location") or {}
            return PlaceSuggestion(
                place_id=_text(answer["id"]),
                label=_text(answer.get("formattedAddress", "")),
                latitude=_degrees(position.get("latitude")),
                longitude=_degrees(position.get("longitude")),
                attribution=ATTRIBUTION,
                **_parts(answer.get("addressComponents", ())),
            )


class _Refused(Exception):
    """The answer is not one; the text says no more than its kind."""


@contextmanager
def _understanding() -> Iterator[None]:
    """Whatever is missing in an answer, or of another kind, makes it no answer."""
    try:
        yield
    except (LookupError, TypeError, AttributeError):
        raise _unavailable("an answer of another shape") from None


@sensitive_variables("headers")
def _ask(
    method: str, path: str, *, fields: str, body: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """One question, answered with a JSON object in time, or Unavailable."""
    connection = _connection()
    headers = {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "X-Goog-Api-Key": conf.GOOGLE_PLACES_KEY,
        "X-Goog-FieldMask": fields,
    }
    sent = None if body is None else json.dumps(body).encode()
    # In a thread: sockets count their time anew with each byte, and names are looked up without.
    given_up = Event()
    work = _workers.submit(_exchange, connection, given_up, method, path, sent, headers)
    try:
        answer = json.loads(work.result(timeout=TIMEOUT_SECONDS))
    except TimeoutError:
        work.cancel()
        raise _unavailable("no answer in time") from None
    except _Refused as error:
        raise _unavailable(str(error)) from None
    except (OSError, client.HTTPException, ValueError, RecursionError) as error:
        # Texts of these may quote a header or the answer.
        raise _unavailable(type(error).__name__) from None
    finally:
        given_up.set()
        _hang_up(connection)
    if not isinstance(answer, dict):
        raise _unavailable("an answer of another shape")
    return answer


def _connection() -> client.HTTPConnection:
    place = urlsplit(conf.GOOGLE_PLACES_URL)
    kind = client.HTTPSConnection if place.scheme == "https" else client.HTTPConnection
    return kind(place.hostname or "", place.port, timeout=TIMEOUT_SECONDS)


@sensitive_variables("headers")
def _exchange(
    connection: client.HTTPConnection,
    given_up: Event,
    method: str,
    path: str,
    body: bytes | None,
    headers: Mapping[str, str],
) -> bytes:
    connection.connect()
    if given_up.is_set():
        raise _Refused("no answer in time")
    connection.request(method, path, body=body, headers=headers)
    with connection.getresponse() as answer:
        # A redirect is refused too: the key goes nowhere else.
        if answer.status != 200:
            raise _Refused(f"status {answer.status}")
        read = answer.read(MAX_ANSWER_BYTES + 1)
    if len(read) > MAX_ANSWER_BYTES:
        raise _Refused("an answer too long")
    return read


def _hang_up(connection: client.HTTPConnection) -> None:
    """Close, and wake a thread that still waits for the other side."""
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)
    connection.close()


def _unavailable(why: str) -> Unavailable:
    logger.warning("Google Places: %s", why)
    return Unavailable()


def _session(session: str) -> dict[str, str]:
    return {"sessionToken": session} if _SESSION.match(session) else {}


def _parts(components: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    by_kind: dict[str, Mapping[str, Any]] = {}
    for each in components:
        for kind in each["types"]:
            by_kind.setdefault(kind, each)
    found = {}
    for name, (kinds, form) in _COMPONENTS.items():
        known = next((by_kind[kind] for kind in kinds if kind in by_kind), {})
        found[name] = _text(known.get(form, ""))
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _degrees(value: Any) -> Decimal | None:
    if value is None:
        return None
    try:
        return Decimal(str(value)).quantize(Decimal("0.000001"))
    except InvalidOperation:
        raise TypeError from None
