"""The HTTP API on two workers, each endpoint beside a bare one with the same statements."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import orjson
import psycopg

from benchmarks import generate
from benchmarks.harness import Bench, Figure, Load, Request, Server, server

SETUP = """
import django; django.setup()
from django.contrib.auth import get_user_model
from django.test import Client
from guestman.services import group
from offerman.services import product
from omniman.services import channel
from shopman import tenancy
from shopman.models import Membership
user = get_user_model().objects.create(username="bench", is_staff=True)
with tenancy.use("shop"):
    Membership.objects.create(user=user, role="owner")
    group.set_default(group=group.create(code="everyone", name="Everyone"))
    channel.ensure(code="web", name="Web")
    for n in range(200):
        product.create(sku=f"P{n}", name=f"Product {n}", base_price_amount=100 + n, currency="BRL")
client = Client(HTTP_HOST="127.0.0.1")
client.force_login(user)
print(client.cookies["staff_session"].value, user.pk)
"""
CSRF = "b" * 32
#: Requests for each figure.
COUNT = 1500

Endpoint = tuple[str, Callable[[int], Request], str]


def run(bench: Bench) -> list[Figure]:
    customers = bench.sized(20_000, 100_000)
    session, user = bench.python("-c", SETUP).output.split()[-2:]
    with psycopg.connect(bench.database_url, autocommit=True) as connection:
        generate.customers(connection, customers)
        _carts(connection, 2 * (COUNT + 50))
        connection.execute("ANALYZE")
    endpoints = _endpoints(session, user, customers)
    figures: list[Figure] = []
    with (
        server("benchmarks.bare:application", env=bench.environment) as bare,
        server("config.wsgi:application", env=bench.environment) as ours,
    ):
        for number, (name, make, aim) in enumerate(endpoints):
            limit = _load(bare, make, offset=0)
            measured = _load(ours, make, offset=100_000)
            figures += _figures(f"{number + 1}. {name}", measured, limit, aim)
    return figures


def _load(on: Server, make: Callable[[int], Request], *, offset: int) -> Load:
    return on.load(lambda number: make(number + offset), count=COUNT)


def _figures(name: str, measured: Load, limit: Load, aim: str) -> list[Figure]:
    return [
        Figure(
            benchmark="http", what=f"{name}: CPU", value=measured.cpu_ms, unit="ms/request",
            ratio=measured.cpu_ms / limit.cpu_ms, beside=f"bare ({limit.cpu_ms:.2f} ms)", aim=aim,
        ),
        Figure(
            benchmark="http", what=f"{name}: rate", value=measured.per_second, unit="requests/s",
            ratio=measured.per_second / limit.per_second, beside="bare",
        ),
        Figure(benchmark="http", what=f"{name}: p50", value=measured.p50_ms, unit="ms"),
        Figure(benchmark="http", what=f"{name}: p99", value=measured.p99_ms, unit="ms"),
    ]  # fmt: skip


def _endpoints(session: str, user: str, customers: int) -> list[Endpoint]:
    staff = {
        "Cookie": f"staff_session={session}; csrftoken={CSRF}",
        "X-CSRFToken": CSRF,
        "Content-Type": "application/json",
        "X-Bench-User": user,
    }
    json = {"Content-Type": "application/json"}
    quoted = orjson.dumps({"lines": [{"sku": f"P{n * 7}", "quantity": "2"} for n in range(20)]})

    def one(number: int) -> Request:
        key = f"01900001-0000-7000-8000-{number % 10_000 + 1:012x}"
        return Request(method="GET", path=f"/api/v1/customers/{key}", headers=staff)

    def new(number: int) -> Request:
        facts = {"first_name": "Ana", "last_name": "Lima", "phone": f"+55219{80_000_000 + number}"}
        body = orjson.dumps(facts)
        return Request(method="POST", path="/api/v1/customers", headers=staff, body=body)

    def search(number: int) -> Request:
        asked = f"/api/v1/customers?q=C{(number % (customers - 2000)) + 1000}"
        return Request(method="GET", path=asked, headers=staff)

    def commit(number: int) -> Request:
        # The bare server takes the even carts, ours the odd ones.
        cart = number * 2 if number < 50_000 else (number - 100_000) * 2 + 1
        headers = {**json, "X-Cart-Key": f"bench-{cart}", "Idempotency-Key": f"bench-{cart}"}
        return Request(method="POST", path="/api/v1/store/orders", headers=headers, body=b"{}")

    page = Request(method="GET", path="/api/v1/customers?page_size=50", headers=staff)
    priced = Request(method="POST", path="/api/v1/store/quote", headers=json, body=quoted)
    return [
        ("list of 50", lambda _: page, "<= 3.5x"),
        ("retrieve", one, "<= 8x"),
        ("create", new, "<= 8x"),
        ("search", search, ""),
        ("quote of 20 lines", lambda _: priced, ""),
        ("commit of 3 lines", commit, ""),
    ]


def _carts(connection: psycopg.Connection, count: int) -> None:
    hashes = [(n, hashlib.sha256(f"bench-{n}".encode()).hexdigest()) for n in range(count)]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bench_cart (n int, key_hash text)")
        with cursor.copy("COPY bench_cart FROM STDIN") as copy:
            for row in hashes:
                copy.write_row(row)
    connection.execute(
        f"""
        INSERT INTO omniman_cart (uuid, tenant_id, channel_id, key_hash, guest_name, guest_email,
            guest_phone, expires_at, created_at, updated_at)
        SELECT {generate.key(6, "n")}, {generate.TENANT},
            (SELECT uuid FROM omniman_channel WHERE code = 'web'), key_hash, 'Ana',
            'ana@loja.com.br', '', now() + interval '1 day', now(), now()
        FROM bench_cart
        """
    )
    connection.execute(
        f"""
        INSERT INTO omniman_cartline (uuid, tenant_id, cart_id, sku, quantity, added_at)
        SELECT {generate.key(7, "n * 3 + l")}, {generate.TENANT}, {generate.key(6, "n")},
            'P' || (n * 3 + l) % 200, 1 + l, now()
        FROM bench_cart, generate_series(0, 2) AS l
        """
    )
