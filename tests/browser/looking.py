"""Looking at pages as people do: at two widths, in light and dark, and with an ear on the console.

    def test_the_list(eyes: Eyes) -> None:
        eyes.sign_in(clerk)
        eyes.see("/admin/guestman/customer/", "customers")

keeps four screenshots under ``var/screenshots`` and fails for what nobody should have to see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

SCREENSHOTS = Path(__file__).resolve().parents[2] / "var" / "screenshots"
WIDTHS = (1280, 320)
#: axe's impacts that fail a page.
FAULTS = {"serious", "critical"}
AXE_OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]},
}

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


@dataclass  # without slots: Playwright keeps a note of its own on whoever listens
class Watched:
    """A page, with everything its console complained about and every host it asked."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _asked(self, request: Request) -> None:
        if request.url.startswith("http"):
            self.hosts.add(request.url.split("/", 3)[2])

    def fits(self) -> None:
        """Nothing is wider than the screen."""
        width, screen = self.page.evaluate(
            "[document.documentElement.scrollWidth, window.innerWidth]"
        )
        assert width <= screen, f"{self.page.url} is {width} wide on a screen of {screen}"

    def accessible(self) -> None:
        """axe finds nothing serious (WCAG 2.2 A and AA)."""
        found = Axe().run(self.page, options=AXE_OPTIONS).response["violations"]
        faults = [_fault(one) for one in found if one["impact"] in FAULTS]
        assert not faults, "\n".join([self.page.url, *faults])

    def quiet(self, own: str) -> None:
        """The console said nothing, and nobody else was asked for anything."""
        assert not self.complaints, "\n".join([self.page.url, *self.complaints])
        assert self.hosts <= {own}, f"{self.page.url} asks {sorted(self.hosts)}"

    def keep(self, name: str) -> None:
        """A screenshot of the whole page."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


@dataclass(slots=True)
class Eyes:
    """Opens pages of a live server, with the cookies of whoever signed in."""

    browser: Browser
    #: ``http://localhost:port`` of the live server.
    address: str
    cookies: list[Any] = field(default_factory=list)

    @property
    def host(self) -> str:
        return self.address.removeprefix("http://")

    def sign_in(self, user: Any) -> None:
        """Go on as this member of staff."""
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        self.cookies = [{"name": name, "value": client.cookies[name].value, "url": self.address}]

    @contextmanager
    def open(
        self, path: str, *, width: int = 1280, scheme: Scheme = "light", script: bool = True
    ) -> Iterator[Watched]:
        """A page of its own browser context, closed at the end."""
        context: BrowserContext = self.browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            java_script_enabled=script,
            reduced_motion="reduce",
        )
        context.add_cookies(self.cookies)
        watched = Watched(context.new_page())
        try:
            if path:
                watched.page.goto(f"{self.address}{path}")
            yield watched
        finally:
            context.close()

    def see(self, path: str, name: str, *, prepare: Callable[[Page], object] | None = None) -> None:
        """Look at a page at each width, light and dark, and complain about what is wrong.

        ``prepare`` brings the page into the state to look at: opens a menu, waits for a figure.
        The pass on SQLite looks at all of it. What a page looks like is the same on PostgreSQL:
        there one look tells that it opens, and holds what it has to.
        """
        looks = list(product(WIDTHS, SCHEMES))
        for width, scheme in looks if connection.vendor == "sqlite" else looks[-1:]:
            with self.open(path, width=width, scheme=scheme) as watched:
                if prepare is not None:
                    prepare(watched.page)
                watched.page.wait_for_load_state("networkidle")
                watched.keep(f"{name}-{width}-{scheme}")
                watched.fits()
                watched.quiet(self.host)
                watched.accessible()


def _fault(found: Any) -> str:
    places = "; ".join(
        f"{' '.join(node['target'])} {node['failureSummary'].splitlines()[-1].strip()}"
        for node in found["nodes"][:3]
    )
    return f"{found['id']}: {found['help']} ({len(found['nodes'])}×: {places})"
