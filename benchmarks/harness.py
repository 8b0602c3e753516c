"""What the benchmarks share: figures, measured processes, a throw-away database, load."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import redis
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured value. ``ratio`` is against ``beside``, measured in the same run."""

    benchmark: str
    what: str
    value: float
    unit: str
    ratio: float | None = None
    beside: str = ""
    aim: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One finished process: seconds of wall and CPU (with its children's), peak MB of memory."""

    wall: float
    cpu: float
    peak_mb: float
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a benchmark is given: the throw-away database and how large to be."""

    database_url: str
    scale: str
    environment: Mapping[str, str] = field(default_factory=dict)

    def sized(self, small: int, full: int) -> int:
        return full if self.scale == "full" else small

    def python(self, *arguments: str) -> Run:
        """Run Python with these arguments against the database and measure the process."""
        return measured([sys.executable, *arguments], env=self.environment)

    def manage(self, *arguments: str) -> Run:
        return self.python("manage.py", *arguments)


def measured(command: Sequence[str], *, env: Mapping[str, str]) -> Run:
    """Run a command to its end; raises when it fails."""
    started = time.perf_counter()
    child = subprocess.Popen(
        command, cwd=ROOT, env=dict(env), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert child.stdout is not None
    output = child.stdout.read().decode()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{output[-4000:]}")
    return Run(
        wall=time.perf_counter() - started,
        cpu=usage.ru_utime + usage.ru_stime,
        peak_mb=usage.ru_maxrss / 1024,
        output=output,
    )


@contextlib.contextmanager
def throw_away_database(server_url: str) -> Iterator[str]:
    """A new PostgreSQL database on the server, dropped afterwards; yields its URL."""
    name = f"shopman_bench_{os.getpid()}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield server_url.rsplit("/", 1)[0] + "/" + name
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )


def redis_url() -> str:
    """A database of the local Redis, so that work after a commit is queued as in production."""
    named = os.environ.get("BENCH_REDIS_URL", "redis://127.0.0.1:6379/14")
    client = redis.Redis.from_url(named, socket_connect_timeout=1)
    try:
        client.flushdb()
    except redis.ConnectionError:
        print("Redis does not answer: what follows a commit runs in process and is counted.")
        return ""
    return named


def environment(database_url: str) -> dict[str, str]:
    """The environment of a production-like process on the throw-away database."""
    keys = {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url(),
        "DEBUG": "0",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DJANGO_SECRET_KEY": "benchmarks-only-" + "k" * 50,
        "DOORMAN_HMAC_KEYS": "b1:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=",
        "DOORMAN_SEAL_KEYS": "b1:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=",
        "DOORMAN_BASE_URL": "https://shop.example.com",
        "ALLOWED_HOSTS": "127.0.0.1",
        "SECURE_SSL_REDIRECT": "0",
        "LOG_LEVEL": "ERROR",
    }
    return {**os.environ, **keys}


@contextlib.contextmanager
def server(application: str, *, env: Mapping[str, str], workers: int = 2) -> Iterator[Server]:
    """gunicorn with this WSGI application on a free loopback port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}"]
    command += [
        "--workers",
        str(workers),
        "--log-level",
        "error",
        "--preload",
        "--keep-alive",
        "60",
    ]
    command += ["--worker-class", "gthread", "--threads", "1"]
    child = subprocess.Popen(command, cwd=ROOT, env=dict(env))
    try:
        running = Server(port=port, pid=child.pid)
        running.wait()
        yield running
    finally:
        child.terminate()
        child.wait(timeout=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """``cpu_ms`` is the server's CPU per request, all workers; latencies in milliseconds."""

    per_second: float
    cpu_ms: float
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    port: int
    pid: int

    def wait(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.1)
        raise SystemExit("the server did not start")

    def cpu_seconds(self) -> float:
        """CPU of the workers so far, from /proc (Linux)."""
        ticks = 0
        for child in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split():
            fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def load(
        self,
        make: Callable[[int], Request],
        *,
        count: int,
        clients: int = 2,
        warm_up: int = 50,
        keep: Callable[[int, bytes], object] = lambda number, body: None,
    ) -> Load:
        """Send ``count`` requests, made by number, over ``clients`` kept-alive connections.

        ``keep`` is given the number and the body of each answer.
        """
        self._send(make, range(count, count + warm_up), [], keep)
        took: list[list[float]] = [[] for _ in range(clients)]
        threads = [
            threading.Thread(
                target=self._send, args=(make, range(number, count, clients), took[number], keep)
            )
            for number in range(clients)
        ]
        cpu, started = self.cpu_seconds(), time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wall, cpu = time.perf_counter() - started, self.cpu_seconds() - cpu
        latencies = sorted(one for some in took for one in some)
        if len(latencies) != count:
            raise SystemExit(f"{count - len(latencies)} requests were not answered")
        return Load(
            per_second=count / wall,
            cpu_ms=cpu / count * 1000,
            p50_ms=latencies[count // 2] * 1000,
            p99_ms=latencies[int(count * 0.99)] * 1000,
        )

    def _send(
        self,
        make: Callable[[int], Request],
        numbers: Sequence[int],
        took: list[float],
        keep: Callable[[int, bytes], object],
    ) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        for number in numbers:
            request = make(number)
            started = time.perf_counter()
            connection.request(
                request.method, request.path, body=request.body, headers=dict(request.headers)
            )
            response = connection.getresponse()
            body = response.read()
            took.append(time.perf_counter() - started)
            if response.status >= 400:
                raise SystemExit(
                    f"{request.method} {request.path}: {response.status} {body[:500]!r}"
                )
            keep(number, body)
        connection.close()
