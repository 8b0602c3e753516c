"""Fixtures and markers of the whole suite: engines, tenants, races, shared data, the browser."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fakeredis
import pytest
import redis
from django.conf import settings
from django.db import connection, connections
from django.utils import translation
from playwright.sync_api import Browser, Page, sync_playwright

from config.celery import app
from shopman import tenancy
from shopman.models import Tenant
from tests.described import described_answers

__all__ = ["described_answers"]

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--schema-examples N``: how often each operation of the API is tried with made-up input."""
    parser.addoption("--schema-examples", type=int, default=20, metavar="N")


def chromium() -> str | None:
    """Path of the browser that ``browser`` tests drive: ``CHROMIUM`` or the one on PATH."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what this pass cannot run, and say why."""
    missing = {
        "postgres": None if connection.vendor == "postgresql" else "needs PostgreSQL",
        "redis": None if settings.REDIS_URL else "needs a Redis server",
        "browser": None if chromium() else "needs Chromium: install it or set CHROMIUM",
    }
    for item in items:
        for name, reason in missing.items():
            if reason and item.get_closest_marker(name):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """On SQLite the test database is a file, as a shop's is.

    In memory it would be one connection for all threads of a live server, and two requests at once
    would end each other's transactions.
    """
    if connection.vendor == "sqlite":
        file = tmp_path_factory.mktemp("database") / "test.sqlite3"
        connection.settings_dict["TEST"]["NAME"] = str(file)


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """``shared_data("online_retail/online_retail.csv.gz")`` is a file of the shared data folder.

    The folder is ``SHOPMAN_DATA`` or ``../shared/data`` beside the clone; the test is skipped,
    with the missing path as the reason, where it is not there.
    """
    folder = Path(os.environ.get("SHOPMAN_DATA") or ROOT.parent / "shared" / "data")

    def find(path: str) -> Path:
        file = folder / path
        if not file.exists():
            pytest.skip(f"shared data is missing: {path} (set SHOPMAN_DATA)")
        return file

    return find


@pytest.fixture
def redis_client() -> Iterator[redis.Redis]:
    """An empty Redis: the server of ``REDIS_URL`` where there is one, else fakeredis.

    The database that ``REDIS_URL`` names is emptied before and after the test.
    """
    client: redis.Redis = (
        redis.Redis.from_url(settings.REDIS_URL) if settings.REDIS_URL else fakeredis.FakeRedis()
    )
    client.flushdb()
    yield client
    client.flushdb()
    client.close()


@pytest.fixture(autouse=True)
def speaks_english() -> Iterator[None]:
    """Whatever language a test's last request was answered in, the next one does not speak it."""
    yield
    translation.deactivate()


@pytest.fixture
def tenant(db: None) -> Tenant:
    """The default tenant of the settings; it is not in use until ``tenancy.use(tenant)``."""
    facts = settings.SHOPMAN_DEFAULT_TENANT
    return make_tenant(facts["slug"], currency=facts["currency"], time_zone=facts["time_zone"])


@pytest.fixture
def other_tenant(db: None) -> Tenant:
    """A second tenant, in another country, whose rows nobody else may see."""
    return make_tenant("other", region="GB", currency="GBP", time_zone="Europe/London")


@pytest.fixture
def in_tenant(tenant: Tenant) -> Iterator[Tenant]:
    """The default tenant, in use during the test."""
    with tenancy.use(tenant):
        yield tenant


def make_tenant(slug: str, *, region: str = "BR", currency: str, time_zone: str) -> Tenant:
    """The tenant with this slug, made when the migrations have not made it already."""
    return Tenant.objects.get_or_create(
        slug=slug,
        defaults={
            "name": slug.title(),
            "default_region": region,
            "default_currency": currency,
            "time_zone": time_zone,
        },
    )[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one racer ended with: its return value, or the error it raised."""

    value: Any = None
    error: BaseException | None = None


Race = Callable[..., list[Outcome]]


@pytest.fixture
def at_once() -> Iterator[None]:
    """Tasks run where they are sent, also where there is a broker."""
    before = app.conf.task_always_eager
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = before


@pytest.fixture
def race() -> Race:
    """``race(call, call, ...)`` runs all calls at the same moment, each on its own connection.

    Returns an ``Outcome`` per call, in order; errors are returned, not raised. The tenant in use is
    in use in every thread. For tests marked ``postgres`` and ``django_db(transaction=True)``.
    """

    def run(*calls: Callable[[], object], timeout_seconds: float = 60) -> list[Outcome]:
        barrier = threading.Barrier(len(calls))

        def racer(call: Callable[[], object]) -> object:
            try:
                connection.ensure_connection()
                barrier.wait(timeout=timeout_seconds)
                return call()
            finally:
                connections.close_all()

        with ThreadPoolExecutor(max_workers=len(calls)) as pool:
            runs = [pool.submit(copy_context().run, racer, call) for call in calls]
            wait(runs)
        errors = [each.exception() for each in runs]
        return [
            Outcome(error=error) if error else Outcome(value=each.result())
            for each, error in zip(runs, errors, strict=True)
        ]

    return run


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium from the system. For tests marked ``browser``."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, and Django would refuse the ORM beside it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        found = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        yield found
        found.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh browser page at phone width (390 × 844 CSS pixels)."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()
