"""Pictures of the documentation: ``.venv/bin/python -m devtools.screenshots [NAME ...]``.

The demo is made anew in a database of its own, with clock and seed fixed, and Chromium takes each
picture at a fixed size. WebP, which Chromium writes itself. Look at what changed before committing.
"""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal
from urllib.parse import urlencode

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from devtools import ROOT, demo, keys

PICTURES = ROOT / "docs" / "assets" / "screenshots"
WORK = ROOT / "var" / "screenshots-demo"
QUALITY = 82
#: Bytes: a page of the documentation stays quick on a phone.
LARGEST = 100_000
PASSWORD = "only-for-pictures"  # noqa: S105 (of a shop that lives for a minute)
PHONE = "11 98765-4321"
CODE = re.compile(r"#(\d{6})\b")

Scheme = Literal["light", "dark"]
Who = Literal["staff", "shopper", "nobody"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture. ``path`` may be found out from the running shop, ``prepare`` acts on the page.

    ``both`` takes a second one in dark, named ``NAME-dark``.
    """

    name: str
    path: str | Callable[[Shop], str]
    who: Who = "staff"
    width: int = 1280
    height: int = 800
    both: bool = False
    prepare: Callable[[Page], object] | None = None


class Shop:
    """The running demo, and somebody's browser."""

    def __init__(self, address: str, browser: Browser, log: Path) -> None:
        self.address, self.browser, self.log = address, browser, log
        self.cookies: dict[Who, Any] = {"nobody": []}
        self.cookies["staff"] = self._signed_in(self._as_staff)
        self.cookies["shopper"] = self._signed_in(self._as_shopper)

    def _signed_in(self, sign_in: Callable[[Page], None]) -> Any:
        with self.context() as context:
            sign_in(context.new_page())
            return context.cookies()

    def _as_staff(self, page: Page) -> None:
        page.goto(f"{self.address}/admin/login/")
        page.fill("#id_username", "admin")
        page.fill("#id_password", PASSWORD)
        page.press("#id_password", "Enter")
        page.wait_for_url(f"{self.address}/admin/")

    def _as_shopper(self, page: Page) -> None:
        self.ask_for_code(page)
        page.fill("#code", CODE.findall(self.log.read_text())[-1])
        page.press("#code", "Enter")
        page.wait_for_url(re.compile(r"/auth/sessions/|/account/"))
        order(page, self.address)

    def ask_for_code(self, page: Page) -> None:
        """From the login page to the page of the code."""
        page.goto(f"{self.address}/auth/login/")
        page.fill("#identifier", PHONE)
        page.press("#identifier", "Enter")
        page.wait_for_selector("#code")

    @contextmanager
    def context(
        self, *, who: Who = "nobody", scheme: Scheme = "light", width: int = 1280, height: int = 800
    ) -> Iterator[BrowserContext]:
        """A browser of its own with somebody's cookies."""
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale="en-GB",
            reduced_motion="reduce",
        )
        context.add_cookies(self.cookies[who] if hasattr(self, "cookies") else [])
        try:
            yield context
        finally:
            context.close()

    def first(self, kind: str, **filters: str) -> str:
        """The key of the first record that the staff API lists."""
        with self.context(who="staff") as context:
            query = urlencode({"page_size": 1, "fields": "uuid", **filters})
            answer = context.request.get(f"{self.address}/api/v1/{kind}?{query}")
            return str(answer.json()["results"][0]["uuid"])


def order(page: Page, address: str) -> None:
    """The signed-in shopper puts coffee into the cart and orders it."""
    page.request.get(f"{address}/api/auth/v1/session")
    cookies = {each["name"]: each["value"] for each in page.context.cookies()}
    signs = {"Origin": address, "X-CSRFToken": cookies["csrftoken"]}
    for path, body, more in (
        ("cart/lines", {"sku": "COFFEE-250", "quantity": "2"}, {}),
        ("orders", {}, {"Idempotency-Key": "picture"}),
    ):
        answer = page.request.post(
            f"{address}/api/v1/store/{path}", data=body, headers={**signs, **more}
        )
        assert answer.ok, answer.text()


def customer(code: str) -> Callable[[Shop], str]:
    """The admin page of a customer of the demo."""
    return lambda shop: f"/admin/guestman/customer/{shop.first('customers', code=code)}/change/"


SHOTS = [
    Shot(name="dashboard", path="/admin/", both=True),
    Shot(name="customers", path="/admin/guestman/customer/"),
    Shot(name="customer", path=customer("DEMO-012"), both=True),
    Shot(name="orders", path="/admin/omniman/order/"),
    Shot(
        name="order",
        path=lambda shop: f"/admin/omniman/order/{shop.first('orders')}/change/",
    ),
    Shot(
        name="price-list",
        path=lambda shop: f"/admin/offerman/pricelist/{shop.first('price-lists')}/change/",
    ),
    Shot(name="login", path="/auth/login/", who="nobody", width=390, height=640),
    Shot(name="account", path="/account/", who="shopper", width=390, height=640),
    Shot(name="api", path="/api/docs/", who="nobody"),
]


def main(names: list[str]) -> int:
    """Take the pictures named, or all. Returns an exit code."""
    chosen = [shot for shot in SHOTS if not names or shot.name in names]
    PICTURES.mkdir(parents=True, exist_ok=True)
    with running() as (address, log), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        shop = Shop(address, browser, log)
        sizes = {name: len(take(shop, each, name, scheme)) for each, name, scheme in plan(chosen)}
        browser.close()
    for name, size in sizes.items():
        print(f"{name:<24} {size / 1000:6.1f} kB")
    print(f"{'all':<24} {sum(sizes.values()) / 1000:6.1f} kB")
    return int(max(sizes.values()) > LARGEST)


def plan(shots: list[Shot]) -> Iterator[tuple[Shot, str, Scheme]]:
    """Every picture to take, with its name and scheme."""
    for shot in shots:
        yield shot, shot.name, "light"
        if shot.both:
            yield shot, f"{shot.name}-dark", "dark"


def take(shop: Shop, shot: Shot, name: str, scheme: Scheme) -> bytes:
    """Open the page as it is described, and keep its picture."""
    path = shot.path(shop) if callable(shot.path) else shot.path
    size = {"width": shot.width, "height": shot.height}
    with shop.context(who=shot.who, scheme=scheme, **size) as context:
        page = context.new_page()
        page.goto(f"{shop.address}{path}")
        if shot.prepare is not None:
            shot.prepare(page)
        page.wait_for_load_state("networkidle")
        page.evaluate("document.activeElement?.blur()")
        page.evaluate("document.fonts.ready")
        answer = context.new_cdp_session(page).send(
            "Page.captureScreenshot", {"format": "webp", "quality": QUALITY}
        )
    picture = base64.b64decode(answer["data"])
    (PICTURES / f"{name}.webp").write_bytes(picture)
    return picture


@contextmanager
def running() -> Iterator[tuple[str, Path]]:
    """The demo in a fresh database, served until the block ends: its address and its log."""
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    port = demo.free_port()
    environment = {
        **demo.demo_environment(port),
        **keys.fresh(),
        "DATABASE_URL": f"sqlite:///{WORK / 'shop.sqlite3'}",
        "REDIS_URL": "",
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
        "DOORMAN_BASE_URL": f"http://{demo.HOST}:{port}",
    }
    log = WORK / "server.log"
    manage = [sys.executable, "-m", "devtools.frozen"]
    for step in (["migrate", "--verbosity", "0"], ["seed_demo"]):
        subprocess.run([*manage, *step], cwd=ROOT, env=environment, check=True)
    with log.open("w") as target:
        command = [*manage, "runserver", "--noreload", f"{demo.HOST}:{port}"]
        server = start(command, environment, target)
        try:
            assert demo.answers(f"http://{demo.HOST}:{port}/livez", server), log.read_text()
            yield f"http://{demo.HOST}:{port}", log
        finally:
            server.terminate()
            server.wait()


def start(command: list[str], environment: dict[str, str], log: IO[str]) -> subprocess.Popen[bytes]:
    """The server as a program of its own."""
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)


if __name__ == "__main__":
    begun = time.monotonic()
    code = main(sys.argv[1:])
    print(f"{time.monotonic() - begun:.0f} s")
    raise SystemExit(code)
