"""The limit: WSGI, psycopg and orjson with the same statements and nothing around them."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import secrets
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import orjson
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from shopman.keys import uuid7

COLUMNS = """c.uuid, c.code, c.first_name, c.last_name, c.customer_type, c.document,
    c.document_kind, c.document_country, c.email, c.phone, g.code AS "group", c.status, c.is_active,
    c.source, c.assigned_to_id, c.locale, c.birth_date, c.organization_id, c.merged_into_id,
    c.version, c.created_at, c.updated_at"""
JOINED = "guestman_customer c LEFT JOIN guestman_customergroup g ON g.uuid = c.group_id"
LIST = f"""SELECT {COLUMNS} FROM {JOINED} WHERE c.tenant_id = %s AND c.merged_into_id IS NULL
    ORDER BY c.created_at DESC, c.uuid DESC LIMIT 51"""
ONE = f"""SELECT {COLUMNS}, c.notes, c.metadata, c.created_by FROM {JOINED}
    WHERE c.tenant_id = %s AND c.uuid = %s"""
SEARCH = f"""SELECT {COLUMNS} FROM {JOINED} WHERE c.tenant_id = %s AND c.merged_into_id IS NULL
    AND c.search_text::text LIKE %s ORDER BY c.created_at DESC, c.uuid DESC LIMIT 51"""


@cache
def connection() -> psycopg.Connection[dict[str, Any]]:
    return psycopg.connect(
        os.environ["DATABASE_URL"].replace("postgres://", "postgresql://"),
        autocommit=True,
        row_factory=dict_row,
    )


@cache
def tenant() -> UUID:
    row = connection().execute("SELECT uuid FROM shopman_tenant ORDER BY uuid LIMIT 1").fetchone()
    assert row is not None
    found: UUID = row["uuid"]
    return found


def rows(sql: str, *values: object) -> list[dict[str, Any]]:
    return connection().execute(sql, values).fetchall()


def signed_in(environ: dict[str, Any]) -> None:
    """The two look-ups that say who is calling and where he works."""
    cookie = environ["HTTP_COOKIE"].partition("staff_session=")[2].partition(";")[0]
    found = rows(
        "SELECT session_data, expire_date FROM django_session WHERE session_key = %s", cookie
    )
    assert found
    known = rows(
        "SELECT u.*, m.role, l.organization_id, t.* FROM auth_user u"
        " LEFT JOIN shopman_membership m ON m.user_id = u.id"
        " LEFT JOIN shopman_tenant t ON t.uuid = m.tenant_id"
        " LEFT JOIN shopman_membershiporganization l ON l.membership_id = m.uuid"
        " WHERE u.id = %s ORDER BY t.slug",
        int(environ["HTTP_X_BENCH_USER"]),
    )
    assert known


def customers(environ: dict[str, Any]) -> object:
    signed_in(environ)
    query = parse_qs(environ["QUERY_STRING"])
    if "q" in query:
        return {"results": rows(SEARCH, tenant(), f"%{query['q'][0].lower()}%"), "next": None}
    return {"results": rows(LIST, tenant())[:50], "next": None}


def customer(environ: dict[str, Any]) -> object:
    signed_in(environ)
    return rows(ONE, tenant(), UUID(environ["PATH_INFO"].rpartition("/")[2]))[0]


def create(environ: dict[str, Any]) -> object:
    signed_in(environ)
    given = orjson.loads(environ["wsgi.input"].read())
    key, now = uuid7(), dt.datetime.now(dt.UTC)
    code = f"B-{key.hex[-8:].upper()}"
    with connection().transaction():
        group = rows(
            "SELECT uuid, code FROM guestman_customergroup WHERE tenant_id = %s AND is_default",
            tenant(),
        )
        rows(
            "SELECT family FROM guestman_contactpoint WHERE tenant_id = %s AND family = 'phone'"
            " AND match_key = %s AND released_at IS NULL AND evidence = 'V' AND NOT is_shared",
            tenant(),
            given["phone"],
        )
        connection().execute(
            "INSERT INTO guestman_customer (uuid, tenant_id, code, first_name, last_name,"
            " customer_type, document, document_kind, document_country, email, phone, status,"
            " is_active, source, locale, notes, metadata, search_text, version, created_at,"
            " updated_at, created_by) VALUES (%s, %s, %s, %s, %s, 'person', '', '', '', '', %s,"
            " 'active', true, 'staff', '', '', %s, %s, 1, %s, %s, 'bench')",
            [key, tenant(), code, given["first_name"], given["last_name"], given["phone"],
             Jsonb({}), f"{given['first_name'].lower()} {code.lower()}", now, now],
        )  # fmt: skip
        connection().execute(
            "INSERT INTO guestman_contactpoint (uuid, tenant_id, customer_id, kind, family, value,"
            " canonical, match_key, variant_key, evidence, source, is_primary, is_shared,"
            " verification_method, created_at) VALUES (%s, %s, %s, 'phone', 'phone', %s, %s, %s,"
            " %s, 'A', 'staff', true, false, 'unverified', %s)",
            [uuid7(), tenant(), key, *[given["phone"]] * 4, now],
        )
        audit(f"customer:{key}", "customer.create", given, now)
        outbox("guestman.customer_created", f"customer:{key}", {"customer_uuid": str(key)}, now)
    return rows(ONE, tenant(), key)[0] | {"group": group[0]["code"] if group else None}


def audit(subject: str, action: str, after: object, now: dt.datetime) -> None:
    connection().execute(
        "INSERT INTO shopman_auditentry (uuid, tenant_id, subject, action, actor_kind, actor_id,"
        " actor_label, request_id, before, after, reason, at)"
        " VALUES (%s, %s, %s, %s, 'user', '1', 'bench', '', %s, %s, '', %s)",
        [uuid7(), tenant(), subject, action, Jsonb({}), Jsonb(after), now],
    )


def outbox(name: str, subject: str, payload: object, now: dt.datetime) -> None:
    connection().execute(
        "INSERT INTO shopman_outboxevent (uuid, tenant_id, name, subject, payload, occurred_at,"
        " attempts, next_attempt_at, last_error) VALUES (%s, %s, %s, %s, %s, %s, 0, %s, '')",
        [uuid7(), tenant(), name, subject, Jsonb(payload), now, now],
    )


def priced(asked: list[tuple[str, Decimal]]) -> list[dict[str, Any]]:
    """Prices of what was asked for: the channel has no price list, so the base prices."""
    lists = rows(
        "SELECT * FROM offerman_pricelist WHERE tenant_id = %s AND channel = 'web'", tenant()
    )
    found = {
        row["sku"]: row
        for row in rows(
            "SELECT p.sku, p.name, p.base_price_amount, p.currency, p.is_active, i.price_list_id,"
            " i.minimum_quantity, i.amount, i.valid_from, i.valid_until FROM offerman_product p"
            " LEFT JOIN offerman_pricelistitem i"
            " ON i.product_id = p.uuid AND i.price_list_id = ANY(%s)"
            " WHERE p.tenant_id = %s AND p.sku = ANY(%s)",
            [row["uuid"] for row in lists],
            tenant(),
            [sku for sku, _ in asked],
        )
    }
    return [
        found[sku]
        | {"quantity": quantity, "total": int(found[sku]["base_price_amount"] * quantity)}
        for sku, quantity in asked
    ]


def quote(environ: dict[str, Any]) -> object:
    given = orjson.loads(environ["wsgi.input"].read())
    lines = priced([(line["sku"], Decimal(line["quantity"])) for line in given["lines"]])
    return {
        "currency": "BRL",
        "total_amount": sum(line["total"] for line in lines),
        "lines": [
            {"sku": line["sku"], "quantity": str(line["quantity"]), "total_amount": line["total"]}
            for line in lines
        ],
    }


def commit(environ: dict[str, Any]) -> object:
    key_hash = hashlib.sha256(environ["HTTP_X_CART_KEY"].encode()).hexdigest()
    cart = rows(
        "SELECT * FROM omniman_cart WHERE tenant_id = %s AND key_hash = %s", tenant(), key_hash
    )
    key, now = uuid7(), dt.datetime.now(dt.UTC)
    owner = f"cart:{cart[0]['uuid']}"
    with connection().transaction():
        rows(
            "SELECT c.*, h.*, o.* FROM omniman_cart c"
            " JOIN omniman_channel h ON h.uuid = c.channel_id"
            " LEFT JOIN shopman_organization o ON o.uuid = c.organization_id"
            " WHERE c.uuid = %s FOR UPDATE OF c",
            cart[0]["uuid"],
        )
        rows("SELECT * FROM omniman_ordercommit WHERE tenant_id = %s AND owner = %s AND key = %s",
             tenant(), owner, environ["HTTP_IDEMPOTENCY_KEY"])  # fmt: skip
        wanted = rows(
            "SELECT * FROM omniman_cartline WHERE tenant_id = %s AND cart_id = %s ORDER BY uuid",
            tenant(),
            cart[0]["uuid"],
        )
        lines = priced([(row["sku"], row["quantity"]) for row in wanted])
        total = sum(line["total"] for line in lines)
        facts = {"lines": [{"sku": line["sku"], "total": line["total"]} for line in lines]}
        written = orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)
        connection().execute(
            "INSERT INTO omniman_order (uuid, tenant_id, ref, channel_id, kind, status, currency,"
            " total_amount, refunded_amount, placed_at, source, data, data_digest, updated_at)"
            " VALUES (%s, %s, %s, %s, 'sale', 'placed', 'BRL', %s, 0, %s, '', %s, %s, %s)",
            [key, tenant(), "X" + secrets.token_hex(6), cart[0]["channel_id"], total, now,
             Jsonb(facts), hashlib.sha256(written).hexdigest(), now],
        )  # fmt: skip
        connection().cursor().executemany(
            "INSERT INTO omniman_orderline (uuid, tenant_id, order_id, position, sku, name,"
            " quantity, unit_price_amount, discount_amount, total_amount, price_list_code, rule)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 0, %s, '', 'base')",
            [
                [uuid7(), tenant(), key, position, line["sku"], line["name"], line["quantity"],
                 line["base_price_amount"], line["total"]]
                for position, line in enumerate(lines, 1)
            ],
        )  # fmt: skip
        connection().execute(
            "INSERT INTO omniman_ordercommit (uuid, tenant_id, owner, key, cart_uuid, order_id, at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [uuid7(), tenant(), owner, environ["HTTP_IDEMPOTENCY_KEY"], cart[0]["uuid"], key, now],
        )
        connection().execute(
            "INSERT INTO omniman_orderevent (uuid, tenant_id, order_id, kind, from_status,"
            " to_status, reason, actor_kind, actor_id, actor_label, request_id, at)"
            " VALUES (%s, %s, %s, 'committed', '', 'placed', '', 'customer', '', '', '', %s)",
            [uuid7(), tenant(), key, now],
        )
        outbox("omniman.order_committed", f"order:{key}", {"order_uuid": str(key)}, now)
        connection().execute(
            "UPDATE omniman_cart SET committed_at = %s, updated_at = %s, guest_name = '',"
            " guest_email = '', guest_phone = '', delivery_address = NULL, billing_address = NULL"
            " WHERE uuid = %s",
            [now, now, cart[0]["uuid"]],
        )
    return {"uuid": key, "total_amount": total, "data": facts}


def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
    if path == "/api/v1/customers":
        answer = create(environ) if method == "POST" else customers(environ)
    elif path == "/api/v1/store/quote":
        answer = quote(environ)
    elif path == "/api/v1/store/orders":
        answer = commit(environ)
    else:
        answer = customer(environ)
    body = orjson.dumps(answer, default=str)
    start_response(
        "200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    )
    return [body]
