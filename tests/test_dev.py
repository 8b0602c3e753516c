"""dev.py and the locks: set-up on any machine, offline after the first time."""

from __future__ import annotations

import ast
import base64
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import dev
from devtools import keys, lock

ROOT = Path(__file__).resolve().parent.parent
LOCKS = sorted(lock.LOCKS)


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone in a folder with a space, in which dev.py believes itself to be."""
    folder = tmp_path / "my shop"
    folder.mkdir()
    for name, value in {
        "ROOT": folder,
        "VENV": folder / ".venv",
        "VENV_PYTHON": folder / ".venv" / "bin" / "python",
        "BOOT": folder / ".boot",
        "UV": folder / ".boot" / "uv" / "bin" / "uv",
        "BOOT_LOCK": folder / "requirements-boot.lock",
        "DEV_LOCK": folder / "requirements-dev.lock",
    }.items():
        monkeypatch.setattr(dev, name, value)
    dev.BOOT_LOCK.write_text("uv==1\n")
    dev.DEV_LOCK.write_text("django==5\n")
    return folder


@pytest.fixture
def commands(clone: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What dev.py would have run; pip and uv do their work in appearance."""
    ran: list[list[str]] = []

    def pretend(command: list[str], environment: dict[str, str]) -> bool:
        ran.append(command)
        if "--target" in command:
            dev.UV.parent.mkdir(parents=True)
            dev.UV.touch()
        if "venv" in command:
            dev.VENV_PYTHON.parent.mkdir(parents=True)
            dev.VENV_PYTHON.symlink_to(sys.executable)
            (dev.VENV / "pyvenv.cfg").touch()
        return True

    monkeypatch.setattr(dev, "run", pretend)
    monkeypatch.setattr(dev, "pip_settings", lambda python: {})
    return ran


def test_dev_py_can_be_read_by_an_older_python_to_say_what_is_missing() -> None:
    source = (ROOT / "dev.py").read_text()
    tree = ast.parse(source, feature_version=(3, 8))
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
        )
    }
    assert imported <= sys.stdlib_module_names


def test_the_first_run_installs_uv_then_makes_the_venv_then_syncs(
    commands: list[list[str]],
) -> None:
    dev.install(sys.executable)
    pip, venv, sync = commands
    assert "--require-hashes" in pip
    assert venv[1] == "venv"
    assert sync[1:3] == ["pip", "sync"]
    assert "--require-hashes" in sync


def test_a_second_run_starts_nothing(commands: list[list[str]]) -> None:
    dev.install(sys.executable)
    commands.clear()
    dev.install(sys.executable)
    assert commands == []


def test_another_lock_syncs_again_without_getting_uv_again(commands: list[list[str]]) -> None:
    dev.install(sys.executable)
    commands.clear()
    dev.DEV_LOCK.write_text("django==6\n")
    dev.install(sys.executable)
    assert "sync" in commands[-1]
    assert not any("--target" in command for command in commands)


def test_an_installation_that_was_cut_off_is_done_again(
    commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    dev.install(sys.executable)
    dev.DEV_LOCK.write_text("django==6\n")
    pretend = dev.run

    def cut_off(command: list[str], environment: dict[str, str]) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(dev, "run", cut_off)
    with pytest.raises(KeyboardInterrupt):
        dev.install(sys.executable)
    # Even back at the old lock: half of the new one may be in the venv.
    dev.DEV_LOCK.write_text("django==5\n")
    monkeypatch.setattr(dev, "run", pretend)
    commands.clear()
    dev.install(sys.executable)
    assert "sync" in commands[-1]


def test_without_uv_plain_pip_installs_the_same_lock(
    commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "find_uv", lambda python: None)
    dev.install(sys.executable)
    venv, pip = commands
    assert venv[1:3] == ["-m", "venv"]
    assert "--without-pip" in venv
    assert pip[-3:] == ["--require-hashes", "-r", str(dev.DEV_LOCK)]


def test_an_unsupported_python_looks_for_a_supported_one_on_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 1))
    broken, good = tmp_path / "python3.13", tmp_path / "python3.12"
    broken.write_text("#!/bin/sh\nexit 127\n")
    good.write_text("#!/bin/sh\necho 3 12 4\n")
    for script in (broken, good):
        script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert dev.find_python() == str(good)


def test_no_supported_python_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 14, 0))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit):
        dev.find_python()
    assert "needs 3.11, 3.12 or 3.13" in capsys.readouterr().err


def test_uv_is_told_what_pip_is_configured_with(monkeypatch: pytest.MonkeyPatch) -> None:
    listing = (
        "global.extra-index-url='file:///a file:///b'\n"
        "global.find-links='/old'\n"
        ":env:.find-links='/wheels /more'\n"
        "install.cert='/ca.pem'\n"
        "freeze.timeout='1'\n"
    )
    answer = subprocess.CompletedProcess([], 0, stdout=listing)
    monkeypatch.setattr(dev.subprocess, "run", lambda *args, **kwargs: answer)
    for name in ("UV_INDEX", "UV_FIND_LINKS", "SSL_CERT_FILE", "UV_INDEX_STRATEGY"):
        monkeypatch.delenv(name, raising=False)
    environment = dev.uv_environment(dev.pip_settings(sys.executable))
    assert environment["UV_INDEX"] == "file:///a file:///b"
    assert environment["UV_FIND_LINKS"] == "/wheels,/more"
    assert environment["SSL_CERT_FILE"] == "/ca.pem"
    assert environment["UV_INDEX_STRATEGY"] == "unsafe-best-match"
    assert "UV_HTTP_TIMEOUT" not in environment or environment["UV_HTTP_TIMEOUT"] != "1"


def test_what_uv_is_told_already_wins_over_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_FIND_LINKS", "/mine")
    assert dev.uv_environment({"find-links": "/theirs"})["UV_FIND_LINKS"] == "/mine"


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_is_fresh_hashed_and_without_address(name: str) -> None:
    text = (ROOT / name).read_text()
    assert name not in lock.stale()
    assert "://" not in text
    assert "index-url" not in text
    requirements = re.split(r"\n(?=[a-z0-9])", text)[1:]
    assert requirements
    assert all("--hash=sha256:" in each for each in requirements)


def test_development_runs_on_the_versions_of_production() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"(?m)^[a-z0-9][^ \\]*==[^ \\]+", (ROOT / name).read_text()))

    assert pins("requirements.lock") <= pins("requirements-dev.lock")


def test_keys_are_made_once_kept_private_and_long_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "FILE", tmp_path / ".env.local")
    made = keys.ensure()
    assert keys.ensure() == made
    assert stat.S_IMODE(keys.FILE.stat().st_mode) == 0o600
    for name in ("DOORMAN_HMAC_KEYS", "DOORMAN_SEAL_KEYS"):
        letter, _, encoded = made[name].partition(":")
        assert letter == "k1"
        assert len(base64.b64decode(encoded)) == 32


def test_a_key_of_the_environment_wins_and_a_missing_one_is_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "FILE", tmp_path / ".env.local")
    keys.FILE.write_text("MINE=1\nDJANGO_SECRET_KEY=old\n")
    monkeypatch.setenv("DJANGO_SECRET_KEY", "from the environment")
    environment = keys.environment()
    assert environment["MINE"] == "1"
    assert environment["DJANGO_SECRET_KEY"] == "from the environment"
    assert keys.ensure()["DJANGO_SECRET_KEY"] == "old"
    assert "DOORMAN_SEAL_KEYS=" in keys.FILE.read_text()
