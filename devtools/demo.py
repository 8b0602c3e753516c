"""A running shop with sample data: keys, database, seed, server, and what to open."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing

from devtools import ROOT, keys

HOST = "127.0.0.1"
FIRST_PORT = 8000
SECONDS_TO_START = 60


def serve(*, port: int | None) -> int:
    """Migrate, seed, serve until Ctrl-C. Returns an exit code."""
    if port is not None and not is_free(port):
        print(f"Port {port} is taken on {HOST}. Choose another, or leave --port out.")
        return 1
    port = port or free_port()
    environment = demo_environment(port)
    (ROOT / "var" / "static").mkdir(parents=True, exist_ok=True)
    manage = [sys.executable, "manage.py"]
    for step in (["migrate", "--verbosity", "0"], ["seed_demo"]):
        code = subprocess.call([*manage, *step], cwd=ROOT, env=environment)
        if code:
            print(f"manage.py {step[0]} failed; see above.")
            return code
    # A plain `kill` ends the demo as cleanly as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    command = [*manage, "runserver", "--noreload", f"{HOST}:{port}"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        if not answers(f"http://{HOST}:{port}/livez", server):
            print("The server did not start; see above.")
            return server.poll() or 1
        print(what_to_open(f"http://{HOST}:{port}", environment), flush=True)
        return server.wait()
    except KeyboardInterrupt:
        print("\nThe demo has ended. Its data stays in var/.")
        return 0
    finally:
        server.terminate()
        server.wait()


def demo_environment(port: int) -> dict[str, str]:
    """What the demo sets; ``DATABASE_URL``, ``REDIS_URL`` and the rest of the environment win."""
    found = keys.environment(DEBUG="on", DOORMAN_BASE_URL=f"http://{HOST}:{port}")
    return {
        "DJANGO_SUPERUSER_USERNAME": "admin",
        "DJANGO_SUPERUSER_PASSWORD": found["DEMO_PASSWORD"],
        "DJANGO_SUPERUSER_EMAIL": "admin@example.com",
        "DJANGO_RUNSERVER_HIDE_WARNING": "true",
        "PYTHONUNBUFFERED": "1",
        **found,
    }


def is_free(port: int) -> bool:
    """Whether a server could listen on the port."""
    with closing(socket.socket()) as probe:
        # Like Django's server: a port whose last connections are only winding down is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """8000, or the next one that is free."""
    return next(filter(is_free, range(FIRST_PORT, FIRST_PORT + 1000)))


def answers(url: str, server: subprocess.Popen[bytes]) -> bool:
    """Wait for the server's first answer; False when it ends or stays silent."""
    deadline = time.monotonic() + SECONDS_TO_START
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 (our own address)
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            time.sleep(0.2)
    return False


def what_to_open(address: str, environment: dict[str, str]) -> str:
    """The addresses and logins for the terminal."""
    user = environment["DJANGO_SUPERUSER_USERNAME"]
    password = environment["DJANGO_SUPERUSER_PASSWORD"]
    database = environment.get("DATABASE_URL") or "SQLite in var/"
    lines = [
        "",
        f"Shopman is running at {address}   (database: {database.rpartition('@')[2]})",
        "",
        f"  Admin         {address}/admin/",
        f"                user {user}, password {password}",
        f"  Shopper login {address}/auth/login/",
        "                any phone number or e-mail; the code appears in this console",
        f"  API docs      {address}/api/docs/",
        "",
        *background(environment),
        "",
        "Ctrl-C ends it.",
    ]
    return "\n".join(lines)


def background(environment: dict[str, str]) -> list[str]:
    """How background work is done on this machine, line by line."""
    if environment.get("REDIS_URL"):
        return [
            "Background work goes through Redis. In two more terminals:",
            "  .venv/bin/python -m celery -A config.celery:app worker",
            "  .venv/bin/python -m celery -A config.celery:app beat",
        ]
    return [
        "Without REDIS_URL there is no worker: events are delivered in this process. On a server",
        "without Redis a cron would run, with .venv/bin/python manage.py:",
        "  every minute  relay_outbox                       events that are still waiting",
        "  every hour    recalculate_insights --stale-only  customers whose orders changed",
        "  every hour    find_duplicates --changed-only     customers who changed",
        "  every night   recalculate_insights               everybody: days have passed",
        "  every night   doorman_purge                      used codes, ended sessions",
        "  every night   omniman_purge                      carts that were left",
        "  every night   imports_purge                      files of old imports",
        "  every night   privacy_retain                     what was kept long enough",
        "  every night   purge_expired                      old idempotency keys, sent events",
        "  every week    find_duplicates                    everybody: names become frequent",
    ]
