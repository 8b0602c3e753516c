"""The demo, the passes of the test suite and the engines they run on."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from django.conf import settings

from devtools import demo, engines, gate, suite

ROOT = Path(__file__).resolve().parent.parent
NOBODY = engines.Engine(note="nobody answers")


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as server:
        server.bind((demo.HOST, 0))
        server.listen()
        yield server.getsockname()[1]


def test_the_demo_refuses_a_port_that_is_taken(
    taken_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert demo.serve(port=taken_port) == 1
    assert f"Port {taken_port} is taken" in capsys.readouterr().out


def test_the_demo_finds_the_next_free_port(
    taken_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "FIRST_PORT", taken_port)
    assert demo.free_port() > taken_port


def test_the_demo_says_what_to_open_and_what_a_cron_would_run() -> None:
    text = demo.what_to_open(
        "http://127.0.0.1:8000",
        {"DJANGO_SUPERUSER_USERNAME": "admin", "DJANGO_SUPERUSER_PASSWORD": "secret"},
    )
    for expected in ("/admin/", "user admin, password secret", "/auth/login/", "/api/docs/"):
        assert expected in text
    for command in ("relay_outbox", "recalculate_insights", "doorman_purge"):
        assert command in text


def test_a_cron_does_all_that_beat_would() -> None:
    """The demo, the two guides and nobody's memory: the same commands."""
    told = set(re.findall(r"every \w+ +(\w+(?: --[\w-]+)?)", "\n".join(demo.background({}))))
    assert len(told) > 8
    table = (ROOT / "docs/howto/celery.md").read_text()
    lines = re.findall(r"manage\.py (\w+(?: --(?:stale|changed)-only)?)", table)
    assert told == set(lines)
    guide = (ROOT / "docs/howto/production.md").read_text()
    assert [each for each in told if f"`{each}`" not in guide] == []


def test_the_demo_does_not_print_the_password_of_a_database() -> None:
    environment = {
        "DATABASE_URL": "postgres://shop:hunter2@db/shop",
        "DJANGO_SUPERUSER_USERNAME": "admin",
        "DJANGO_SUPERUSER_PASSWORD": "secret",
    }
    text = demo.what_to_open("http://127.0.0.1:8000", environment)
    assert "db/shop" in text
    assert "hunter2" not in text


# --- passes --------------------------------------------------------------------------------------

Passes = list[dict[str, str]]


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No server answers."""
    for name in ("TEST_DATABASE_URL", "TEST_REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(engines, "find_postgres", lambda: NOBODY)
    monkeypatch.setattr(engines, "find_redis", lambda: NOBODY)


@pytest.fixture
def with_postgres(alone: None, monkeypatch: pytest.MonkeyPatch) -> None:
    server = engines.Engine(url="postgres://root@127.0.0.1/shop_1", name="PostgreSQL 15.2")
    monkeypatch.setattr(engines, "find_postgres", lambda: server)
    monkeypatch.setattr(engines, "drop_leftovers", lambda url: None)


@pytest.fixture
def pytest_gives(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Passes]:
    """``pytest_gives(1, 0)`` lets the passes end with these codes; returns their environments."""

    def script(*codes: int) -> Passes:
        remaining, environments = list(codes), []

        def call(command: list[str], *, cwd: Path, env: dict[str, str]) -> int:
            environments.append(env)
            return remaining.pop(0)

        monkeypatch.setattr(suite.subprocess, "call", call)
        return environments

    return script


def test_without_servers_there_is_one_pass_and_a_note(
    alone: None, pytest_gives: Callable[..., Passes]
) -> None:
    passes = pytest_gives(0)
    assert suite.run([]) == 0
    assert [each["DATABASE_URL"] for each in passes] == [""]
    assert "nobody answers" in passes[0]["SHOPMAN_TEST_NOTES"]


def test_with_postgres_the_whole_suite_runs_again_there(
    with_postgres: None, pytest_gives: Callable[..., Passes]
) -> None:
    passes = pytest_gives(0, 0)
    assert suite.run([]) == 0
    assert [each["DATABASE_URL"] for each in passes] == ["", "postgres://root@127.0.0.1/shop_1"]
    assert "PostgreSQL 15.2" in passes[0]["SHOPMAN_TEST_TO_COME"]


def test_a_failing_first_pass_ends_the_run(
    with_postgres: None, pytest_gives: Callable[..., Passes]
) -> None:
    passes = pytest_gives(1)
    assert suite.run([]) == 1
    assert len(passes) == 1


def test_a_failing_second_pass_fails_the_run(
    with_postgres: None, pytest_gives: Callable[..., Passes]
) -> None:
    pytest_gives(0, 1)
    assert suite.run([]) == 1


def test_a_selection_that_is_empty_everywhere_is_an_error(
    with_postgres: None, pytest_gives: Callable[..., Passes]
) -> None:
    pytest_gives(suite.NO_TESTS_COLLECTED, suite.NO_TESTS_COLLECTED)
    assert suite.run(["-k", "nothing"]) == suite.NO_TESTS_COLLECTED


def test_a_server_that_is_named_is_required(alone: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_DATABASE_URL", "postgres://nobody@nowhere/x")
    assert suite.run([]) != 0


@pytest.mark.parametrize("flag", ["require_pg", "require_redis"])
def test_a_required_engine_that_is_missing_is_an_error(alone: None, flag: str) -> None:
    assert suite.run([], **{flag: True}) != 0


def closing_summary(tmp_path: Path, test: str, **environment: str) -> list[str]:
    """The last lines of a pytest run of one small file, with the suite's closing plugin."""
    (tmp_path / "test_small.py").write_text(test)
    command = [sys.executable, "-m", "pytest", "-c", os.devnull, "--rootdir", str(tmp_path)]
    command += ["-p", "no:django", "-p", "no:randomly", "-p", "no:cacheprovider"]
    command += ["-p", "tests.closing", str(tmp_path)]
    answer = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True
    )
    return answer.stdout.splitlines()


def test_the_closing_summary_lists_every_pass_and_ends_with_pytests_own_line(
    tmp_path: Path,
) -> None:
    ledger = tmp_path / "passes"
    none = dict.fromkeys(("failed", "error", "skipped", "xfailed", "xpassed"), 0)
    first = {**none, "passed": 41, "engines": "SQLite 3", "seconds": 7.0, "exit": 0}
    ledger.write_text(json.dumps(first) + "\n")
    lines = closing_summary(
        tmp_path,
        "def test_good(): pass",
        SHOPMAN_TEST_LEDGER=str(ledger),
        SHOPMAN_TEST_ENGINES="PostgreSQL 15 + Redis 7",
        SHOPMAN_TEST_NOTES="",
        SHOPMAN_TEST_TO_COME="",
    )
    assert "pass 1: SQLite 3: 41 passed in 7 s" in lines
    assert any(line.startswith("pass 2: PostgreSQL 15 + Redis 7: 1 passed") for line in lines)
    assert "1 passed" in lines[-1]


def test_a_pytest_that_a_test_starts_is_no_pass_of_the_suite(tmp_path: Path) -> None:
    (tmp_path / "passes").touch()
    lines = closing_summary(
        tmp_path,
        "import os\ndef test_child(): assert 'SHOPMAN_TEST_LEDGER' not in os.environ",
        SHOPMAN_TEST_LEDGER=str(tmp_path / "passes"),
    )
    assert "1 passed" in lines[-1]


def test_the_closing_summary_says_what_a_failure_kept_from_running(tmp_path: Path) -> None:
    (tmp_path / "passes").touch()
    lines = closing_summary(
        tmp_path,
        "def test_bad(): assert 0",
        SHOPMAN_TEST_LEDGER=str(tmp_path / "passes"),
        SHOPMAN_TEST_ENGINES="SQLite",
        SHOPMAN_TEST_NOTES="Redis not used",
        SHOPMAN_TEST_TO_COME="PostgreSQL 15",
    )
    assert "PostgreSQL 15: not run, because this pass failed" in lines
    assert "note: Redis not used" in lines
    assert any(line.startswith("pass 1: FAILED  SQLite: 1 failed") for line in lines)
    assert "1 failed" in lines[-1]


# --- the gate ------------------------------------------------------------------------------------


@pytest.fixture
def gate_runs(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands the gate has run, in appearance; ``["fails"]`` fails."""
    ran: list[list[str]] = []

    def call(command: list[str], *, cwd: Path, env: dict[str, str] | None = None) -> int:
        ran.append(command)
        return int(command == ["fails"])

    monkeypatch.setattr(gate.subprocess, "call", call)
    monkeypatch.delenv("CI", raising=False)
    return ran


def test_the_gate_ends_with_exactly_the_test_command(gate_runs: list[list[str]]) -> None:
    assert gate.run() == 0
    assert gate_runs[-1] == [gate.PYTHON, "dev.py", "test"]
    assert len(gate_runs) == len(gate.STEPS) + 1


def test_in_ci_an_engine_that_answers_is_required(
    gate_runs: list[list[str]], with_postgres: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    gate.run()
    assert gate_runs[-1][2:] == ["test", "--require-pg"]


def test_a_failing_step_closes_the_gate_after_the_other_steps(
    gate_runs: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(gate.STEPS, "types", ["fails"])
    assert gate.run() == 1
    assert len(gate_runs) == len(gate.STEPS)
    assert "closed: types." in capsys.readouterr().out


# --- engines -------------------------------------------------------------------------------------


def test_a_port_where_nobody_listens_is_a_note_not_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TEST_DATABASE_URL", "postgres://root@127.0.0.1:1/x")
    monkeypatch.setenv("TEST_REDIS_URL", "redis://127.0.0.1:1")
    for found in (engines.find_postgres(), engines.find_redis()):
        assert found.url is None
        assert "not used" in found.note


def server_url() -> str:
    base = settings.DATABASES["default"]
    return f"postgres://{base['USER']}@{base['HOST']}:{base['PORT'] or 5432}/postgres"


@pytest.mark.postgres
def test_the_database_of_a_killed_run_is_dropped_and_a_running_one_is_kept() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    dead, alive = (
        f"test_{engines.clone_name()}_{number}_x" for number in (ended.pid, os.getppid())
    )
    with psycopg.connect(server_url(), autocommit=True) as session:
        for name in (dead, alive):
            session.execute(f'CREATE DATABASE "{name}"')
        try:
            engines.drop_leftovers(server_url())
            rows = session.execute(
                "SELECT datname FROM pg_database WHERE datname = ANY(%s)", [[dead, alive]]
            ).fetchall()
            assert rows == [(alive,)]
        finally:
            session.execute(f'DROP DATABASE IF EXISTS "{alive}"')


@pytest.mark.redis
def test_two_runs_at_once_get_two_redis_databases_and_leave_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("TEST_REDIS_URL", raising=False)
    with engines.claimed(settings.REDIS_URL) as one, engines.claimed(settings.REDIS_URL) as two:
        assert one != two
        redis.Redis.from_url(one).set("left", "behind")
    with redis.Redis.from_url(one) as client:
        assert client.dbsize() == 0
