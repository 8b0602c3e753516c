"""Rows to measure on, made inside PostgreSQL so that a million take seconds."""

from __future__ import annotations

import psycopg

TENANT = "(SELECT uuid FROM shopman_tenant ORDER BY uuid LIMIT 1)"


def key(space: int, number: str) -> str:
    """SQL of a time-ordered key: ``space`` keeps the tables' keys apart."""
    return f"('0190{space:04x}-0000-7000-8000-' || lpad(to_hex({number}), 12, '0'))::uuid"


def customers(connection: psycopg.Connection, count: int) -> None:
    """``count`` customers, each with a verified phone and an asserted e-mail."""
    connection.execute(
        f"""
        INSERT INTO guestman_customer (uuid, tenant_id, code, first_name, last_name, customer_type,
            document, document_kind, document_country, email, phone, status, is_active, source,
            locale, birth_date, notes, metadata, search_text, version, created_at, updated_at,
            created_by, group_id)
        SELECT {key(1, "n")}, {TENANT}, 'C' || n, 'Ana' || n % 977, 'Souza' || n % 4999, 'person',
            '', '', '', 'ana' || n || '@loja.com.br', '+551199' || lpad(n::text, 7, '0'), 'active',
            true, 'bench', '', NULL, '', '{{}}',
            'ana' || n % 977 || ' souza' || n % 4999 || ' c' || n
            || ' 551199' || lpad(n::text, 7, '0') || ' ana' || n || '@loja.com.br', 1,
            now() - n * interval '1 second', now() - n * interval '1 second', 'bench',
            (SELECT uuid FROM guestman_customergroup LIMIT 1)
        FROM generate_series(1, {count}) AS n
        """  # numbers and names of our own
    )
    connection.execute(
        f"""
        INSERT INTO guestman_contactpoint (uuid, tenant_id, customer_id, kind, family, value,
            canonical, match_key, variant_key, evidence, source, is_primary, is_shared,
            verification_method, verified_at, created_at)
        SELECT {key(2, "n * 2 + e")}, {TENANT}, {key(1, "n")}, k, k, v, v, v, v,
            CASE e WHEN 0 THEN 'V' ELSE 'A' END, 'bench', true, false,
            CASE e WHEN 0 THEN 'otp_sms' ELSE 'unverified' END, CASE e WHEN 0 THEN now() END, now()
        FROM generate_series(1, {count}) AS n, LATERAL (VALUES
            (0, 'phone', '+551199' || lpad(n::text, 7, '0')),
            (1, 'email', 'ana' || n || '@loja.com.br')) AS c(e, k, v)
        """
    )


def orders(connection: psycopg.Connection, *, customers: int, count: int) -> None:
    """``count`` orders of two lines over two years, more for some customers than for others."""
    connection.execute(
        f"""
        INSERT INTO omniman_channel (uuid, tenant_id, code, name, is_trusted, is_active, settings,
            version, created_at)
        SELECT {key(3, "n")}, {TENANT}, 'bench-' || n, 'Bench ' || n, false, true, '{{}}', 1, now()
        FROM generate_series(1, 3) AS n
        """
    )
    # The square makes a few customers buy much and many buy little, as shops see it.
    connection.execute(
        f"""
        INSERT INTO omniman_order (uuid, tenant_id, ref, channel_id, kind, customer_uuid,
            customer_code, status, currency, total_amount, refunded_amount, placed_at, source, data,
            data_digest, updated_at)
        SELECT {key(4, "n")}, {TENANT}, 'B' || n, {key(3, "n % 3 + 1")}, 'sale',
            {key(1, "c")}, 'C' || c,
            CASE n % 40 WHEN 0 THEN 'cancelled' ELSE 'completed' END, 'BRL',
            1000 + n % 49000, CASE n % 50 WHEN 1 THEN 500 ELSE 0 END,
            now() - (n::bigint * 7919 % 63072000) * interval '1 second', '', '{{}}', '',
            now() - interval '3 years'
        FROM (SELECT n, 1 + floor(
            {customers} * power((n::bigint * 104729 % 1000003) / 1000003.0, 2))::int AS c
            FROM generate_series(1, {count}) AS n) AS made
        """
    )
    connection.execute(
        f"""
        INSERT INTO omniman_orderline (uuid, tenant_id, order_id, position, sku, name, quantity,
            unit_price_amount, discount_amount, total_amount, price_list_code, rule)
        SELECT {key(5, "n * 2 + l")}, {TENANT}, {key(4, "n")}, l,
            'SKU-' || (n * (l + 6)) % 2003, '', 1 + n % 5, 500, 0, 500, '', 'base'
        FROM generate_series(1, {count}) AS n, generate_series(0, 1) AS l
        """
    )
    # Also makes the visibility map, as autovacuum would: without it no scan is index-only.
    connection.execute("VACUUM ANALYZE")
