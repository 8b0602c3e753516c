"""A stand-in for Google's Places API on this machine, which fails in every way it is told to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SUGGESTIONS = {
    "suggestions": [
        {"placePrediction": {"placeId": f"place-{n}", "text": {"text": f"Rua Augusta, {n}"}}}
        for n in range(1, 6)
    ]
}
PLACE = {
    "id": "place-1",
    "formattedAddress": "Rua Augusta, 1500 - Consolação, São Paulo - SP, 01304-001, Brazil",
    "location": {"latitude": -23.5559719, "longitude": -46.6614371},
    "addressComponents": [
        {"longText": "1500", "shortText": "1500", "types": ["street_number"]},
        {"longText": "Rua Augusta", "shortText": "R. Augusta", "types": ["route"]},
        {
            "longText": "Consolação",
            "shortText": "Consolação",
            "types": ["sublocality_level_1", "sublocality", "political"],
        },
        {
            "longText": "São Paulo",
            "shortText": "São Paulo",
            "types": ["administrative_area_level_2", "political"],
        },
        {
            "longText": "State of São Paulo",
            "shortText": "SP",
            "types": ["administrative_area_level_1", "political"],
        },
        {"longText": "Brazil", "shortText": "BR", "types": ["country", "political"]},
        {"longText": "01304-001", "shortText": "01304-001", "types": ["postal_code"]},
    ],
}


@dataclass
class Places:
    """What the stand-in answers with, and what it was asked."""

    url: str = ""
    status: int = 200
    #: Sent as it stands instead of the usual answer.
    body: bytes | None = None
    #: Seconds before the answer, or between its bytes.
    delay_seconds: float = 0
    drips: bool = False
    hangs_up: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)


class Door(BaseHTTPRequestHandler):
    places: Places

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self._answer(json.loads(self.rfile.read(length)), SUGGESTIONS)

    def do_GET(self) -> None:
        self._answer({}, PLACE)

    def _answer(self, body: Any, usual: Any) -> None:
        place, split = self.places, urlsplit(self.path)
        place.asked.append(
            {
                "path": split.path,
                "query": {name: each[0] for name, each in parse_qs(split.query).items()},
                "body": body,
                "key": self.headers["X-Goog-Api-Key"],
                "fields": self.headers["X-Goog-FieldMask"],
            }
        )
        if place.hangs_up:
            self.connection.close()
            return
        sent = json.dumps(usual).encode() if place.body is None else place.body
        if not place.drips:
            time.sleep(place.delay_seconds)
        self.send_response(place.status)
        for name, value in place.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        try:
            if place.drips:
                for byte in sent:
                    self.wfile.write(bytes([byte]))
                    time.sleep(place.delay_seconds)
            else:
                self.wfile.write(sent)
        except OSError:
            pass  # Nobody waits any more.

    def log_message(self, *args: Any) -> None:
        """Nothing: the tests read what was asked."""


@contextmanager
def serve() -> Iterator[Places]:
    """The stand-in, on a free port of this machine."""
    places = Places()
    door = type("OneDoor", (Door,), {"places": places})
    server = ThreadingHTTPServer(("127.0.0.1", 0), door)
    server.daemon_threads = True
    server.block_on_close = False
    places.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield places
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
