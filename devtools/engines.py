"""Which PostgreSQL and which Redis a test run may use, found by talking to them."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
import redis
from psycopg import sql

from devtools import ROOT

OLDEST_POSTGRES = 140000
LOCAL_REDIS = "redis://127.0.0.1:6379"
#: A run that was killed gives its Redis database back after this long.
CLAIM_SECONDS = 2 * 60 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """A server to test on. ``url`` is None, and ``note`` says why, when there is none."""

    url: str | None = None
    name: str = ""
    note: str = ""


def find_postgres() -> Engine:
    """The server that the environment names, or the one on 127.0.0.1:5432."""
    named = os.environ.get("TEST_DATABASE_URL") or os.environ.get("DATABASE_URL", "")
    if named.startswith(("postgres://", "postgresql://")):
        candidates = [named]
    else:
        names = [os.environ.get(name, "") for name in ("PGUSER", "USER", "LOGNAME")]
        users = dict.fromkeys([*names, "postgres", "root"])
        candidates = [
            f"postgres://{quote(user)}@127.0.0.1:5432/postgres" for user in filter(None, users)
        ]
    notes = []
    for url in candidates:
        engine = try_postgres(url)
        if engine.url:
            return engine
        notes.append(engine.note)
    return Engine(note=f"PostgreSQL not used: {notes[0]}")


def try_postgres(url: str) -> Engine:
    """Log in and ask for version and rights. The URL of the answer has this run's own database."""
    parts = urlsplit(url)
    where = f"{parts.hostname or 'local socket'}:{parts.port or 5432} as {parts.username}"
    try:
        with psycopg.connect(at_database(url, "postgres"), connect_timeout=3) as session:
            version = session.info.server_version
            row = session.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except psycopg.OperationalError as error:
        return Engine(note=f"{where}: {str(error).strip().splitlines()[0]}")
    if version < OLDEST_POSTGRES:
        return Engine(note=f"{where}: version {version // 10000} is too old, 14 is the oldest")
    if not (row and row[0]):
        return Engine(note=f"{where}: this role may not create databases")
    name = f"PostgreSQL {version // 10000}.{version % 10000}"
    return Engine(url=at_database(url, f"{clone_name()}_{os.getpid()}"), name=name)


def at_database(url: str, name: str) -> str:
    """The same server, another database."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{name}"))


def clone_name() -> str:
    """A database name prefix of this clone on this machine, so that two clones never meet."""
    place = f"{socket.gethostname()}:{ROOT}"
    return f"shopman_{hashlib.sha256(place.encode()).hexdigest()[:8]}"


def drop_leftovers(url: str) -> None:
    """Drop test databases of runs of this clone that were killed before they could."""
    pattern = f"test_{clone_name()}_%"
    with psycopg.connect(at_database(url, "postgres"), autocommit=True) as session:
        for (name,) in session.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s", [pattern]
        ).fetchall():
            pid = name.removeprefix(f"test_{clone_name()}_").partition("_")[0]
            if pid.isdigit() and not is_running(int(pid)):
                drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
                session.execute(drop.format(sql.Identifier(name)))


def is_running(pid: int) -> bool:
    """Whether this machine runs a program under that number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def find_redis() -> Engine:
    """The server that the environment names, or the one on 127.0.0.1:6379."""
    url = os.environ.get("TEST_REDIS_URL") or os.environ.get("REDIS_URL") or LOCAL_REDIS
    try:
        with connected(url) as client:
            version = client.info("server")["redis_version"]
    except redis.RedisError as error:
        return Engine(note=f"Redis not used, fakeredis instead: {error}")
    return Engine(url=url, name=f"Redis {version}")


@contextmanager
def connected(url: str) -> Iterator[redis.Redis]:
    """A client that is closed afterwards."""
    client: redis.Redis = redis.Redis.from_url(url, socket_connect_timeout=3, socket_timeout=3)
    try:
        yield client
    finally:
        client.close()


@contextmanager
def claimed(url: str) -> Iterator[str]:
    """A Redis database of this run alone, as a URL: an empty one, claimed, emptied afterwards.

    A URL that names its database (``redis://host/3``) is taken as it is, by TEST_REDIS_URL only.
    Raises LookupError when no database of the server is both empty and free.
    """
    if os.environ.get("TEST_REDIS_URL") == url and urlsplit(url).path.strip("/"):
        yield url
        return
    with connected(at_database(url, "0")) as register:
        for number in range(15, 0, -1):
            claim = f"shopman-tests:{number}"
            with connected(at_database(url, str(number))) as client:
                if not client.dbsize() and register.set(claim, "1", nx=True, ex=CLAIM_SECONDS):
                    try:
                        yield at_database(url, str(number))
                    finally:
                        client.flushdb()
                        with suppress(redis.RedisError):
                            register.delete(claim)
                    return
    raise LookupError(f"no empty database is free on {url}")
