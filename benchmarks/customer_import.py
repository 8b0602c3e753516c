"""``guestman_import`` beside COPY and set-based matching of the same rows.

A second peer goes on from there and writes the new customers and their contacts with two INSERT ...
SELECT, constraints checked, and nothing else: no identifiers, trail, events, links or outcomes of
rows, no names compared, no conflicts told.

The file has a fifth of its rows about customers who are there already, a tenth about people the
file names twice, and the rest about new ones; numbers and addresses are written as people do.
"""

from __future__ import annotations

import contextlib
import csv
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from benchmarks import generate
from benchmarks.harness import Bench, Figure

STAGING = """
CREATE UNLOGGED TABLE bench_row (line int, name text, phone text, email text, born text, city text)
"""
#: Whose the rows are, who is new, and which rows are one person: what any import must find out.
MATCHING = """
CREATE UNLOGGED TABLE bench_match AS
SELECT r.line, coalesce(e.customer_id, p.customer_id) AS customer_id,
       min(r.line) OVER (PARTITION BY r.phone) AS by_phone,
       min(r.line) OVER (PARTITION BY r.email) AS by_email
  FROM bench_row r
  LEFT JOIN guestman_identifiers_customeridentifier e
    ON e.family = 'email' AND e.match_key = lower(r.email) AND NOT e.is_pending
  LEFT JOIN guestman_identifiers_customeridentifier p
    ON p.family = 'phone' AND p.match_key = '+55' || regexp_replace(r.phone, '\\D', '', 'g')
   AND NOT p.is_pending
"""


WRITING = f"""
CREATE UNLOGGED TABLE bench_new AS
SELECT gen_random_uuid() AS key, r.*, row_number() OVER () AS n
  FROM bench_match m JOIN bench_row r USING (line)
 WHERE m.customer_id IS NULL AND m.line = m.by_phone AND m.line = m.by_email;
INSERT INTO guestman_customer (uuid, tenant_id, code, first_name, last_name, customer_type,
    document, document_kind, document_country, email, phone, status, is_active, source, locale,
    birth_date, notes, metadata, search_text, version, created_at, updated_at, created_by, group_id)
SELECT key, {generate.TENANT}, 'N' || n, split_part(name, ' ', 1), split_part(name, ' ', 2),
    'person', '', '', '', lower(email), '+55' || regexp_replace(phone, '\\D', '', 'g'), 'active',
    true, 'old', '', to_date(born, 'DD/MM/YYYY'), '', '{{}}',
    lower(name || ' n' || n || ' ' || email), 1, now(), now(), 'bench', NULL
  FROM bench_new;
INSERT INTO guestman_contactpoint (uuid, tenant_id, customer_id, kind, family, value, canonical,
    match_key, variant_key, evidence, source, is_primary, is_shared, verification_method,
    created_at)
SELECT gen_random_uuid(), {generate.TENANT}, key, c.kind, c.kind, c.value, c.key2, c.key2, c.key2,
    'A', 'old', true, false, 'unverified', now()
  FROM bench_new, LATERAL (VALUES
      ('phone', phone, '+55' || regexp_replace(phone, '\\D', '', 'g')),
      ('email', email, lower(email))) AS c (kind, value, key2)
 WHERE c.value <> '';
SET CONSTRAINTS ALL IMMEDIATE
"""  # names of our own


def run(bench: Bench) -> list[Figure]:
    rows = bench.sized(50_000, 1_000_000)
    with psycopg.connect(bench.database_url, autocommit=True) as connection:
        generate.customers(connection, rows // 5)
    bench.manage("identifiers_check", "--repair")
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "customers.csv"
        write(file, rows)
        bare = _bare(bench.database_url, file)
        written = _bare(bench.database_url, file, then=WRITING)
        with database_cpu(bench.database_url) as database:
            command = ["guestman_import", str(file), "--trusted", "--source=old"]
            command += ["--no-progress"]
            first = bench.manage(*command)
        with database_cpu(bench.database_url) as quiet:
            again = bench.manage(*command)
    cpu = first.cpu + database.seconds
    size = f"{rows:,} rows"
    name = "customers"
    return [
        Figure(
            benchmark=name, what=f"COPY and matching of {size}", value=rows / bare.wall,
            unit="rows/s",
        ),
        Figure(benchmark=name, what="the same, CPU of both", value=bare.cpu, unit="s"),
        Figure(
            benchmark=name, what="with customers and contacts, CPU", value=written.cpu, unit="s",
            ratio=written.cpu / bare.cpu, beside="COPY and matching",
        ),
        Figure(
            benchmark=name, what="guestman_import", value=rows / first.wall, unit="rows/s",
            ratio=first.wall / bare.wall, beside="COPY and matching",
        ),
        Figure(
            benchmark=name, what="its CPU, client", value=first.cpu, unit="s",
        ),
        Figure(
            benchmark=name, what="its CPU, client and database", value=cpu, unit="s",
            ratio=cpu / bare.cpu, beside="COPY and matching", aim="within 3x",
        ),
        Figure(
            benchmark=name, what="the same", value=cpu / rows * 1000, unit="ms/row",
            ratio=cpu / written.cpu, beside="customers and contacts written",
        ),
        Figure(
            benchmark=name, what="second run, changes nothing", value=rows / again.wall,
            unit="rows/s", ratio=(again.cpu + quiet.seconds) / bare.cpu,
            beside="COPY and matching",
        ),
        Figure(
            benchmark=name, what="peak memory", value=first.peak_mb, unit="MB", aim="under 500",
        ),
    ]  # fmt: skip


def write(target: Path, rows: int) -> None:
    """The file: known, repeated and new people, mixed."""
    known = rows // 5
    with target.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["Nome", "Celular", "E-mail", "Nascimento", "Cidade"])
        for n in range(rows):
            at = n * 7919 % rows  # mixed: 7919 is prime
            person = at if at < known or at % 10 else at + 1
            if at < known:
                name, email = f"Ana{(at + 1) % 977} Souza{(at + 1) % 4999}", f"ana{at + 1}"
                phone = ""
            else:
                name, email = f"Bia{person % 883} Lima{person % 5003}", f"bia{person}"
                phone = f"(21) 9{person // 10000 + 7000:04d}-{person % 10000:04d}"
            born = f"{person % 28 + 1:02d}/{person % 12 + 1:02d}/{1950 + person % 50}"
            out.writerow([name, phone, f"{email}@loja.com.br", born, "Santos"])


@dataclass(slots=True)
class Spent:
    """CPU seconds."""

    seconds: float = 0.0
    wall: float = 0.0
    cpu: float = 0.0
    _by_pid: dict[int, float] = field(default_factory=dict)


@contextlib.contextmanager
def database_cpu(url: str) -> Iterator[Spent]:
    """CPU of the database's processes meanwhile, looked at ten times a second in /proc."""
    spent, over = Spent(), threading.Event()
    first: dict[int, float] = {}

    def watch() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            while not over.is_set():
                for (pid,) in connection.execute(
                    "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                    " AND pid <> pg_backend_pid()"
                ).fetchall():
                    if (used := _cpu_of(pid)) is not None:
                        first.setdefault(pid, used)
                        spent._by_pid[pid] = used - first[pid]
                over.wait(0.1)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield spent
    finally:
        over.set()
        watcher.join()
        spent.seconds = sum(spent._by_pid.values())


def _cpu_of(pid: int) -> float | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _bare(url: str, file: Path, *, then: str = "") -> Spent:
    """Read the file, stage its rows with COPY, match them in one statement, ``then`` go on.

    Everything is taken back.
    """
    spent = Spent()
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        pid = connection.info.backend_pid
        cpu, started = time.process_time(), time.perf_counter()
        database = _cpu_of(pid) or 0.0
        cursor.execute(STAGING)
        with (
            file.open(newline="", encoding="utf-8") as text,
            cursor.copy("COPY bench_row FROM STDIN") as copy,
        ):
            rows = csv.reader(text)
            next(rows)
            for line, row in enumerate(rows, start=2):
                copy.write_row((line, *row))
        cursor.execute(MATCHING)
        if then:
            cursor.execute(then)
        spent.wall = time.perf_counter() - started
        spent.cpu = time.process_time() - cpu + (_cpu_of(pid) or 0.0) - database
        connection.rollback()
    if then:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM guestman_customer, guestman_contactpoint")
    return spent
