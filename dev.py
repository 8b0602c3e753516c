#!/usr/bin/env python3
"""Everything a developer runs, from a clone and a Python with pip: ``python3 dev.py COMMAND``.

  demo    a running shop with sample data on SQLite     (--port N)
  test    the whole test suite                          (further arguments go to pytest)
  setup   only install into .venv
  check   the full gate: format, lint, types, import contracts, checks, tests
  bench   the measured promises                         (further arguments go to benchmarks/run.py)
  docs    the documentation site, served locally        (--port N)
  lock    make the locks again from pyproject.toml

This file needs nothing but the standard library and pip. It makes ``.venv`` with the locked
dependencies when they are not there yet, then hands over to ``devtools`` inside of it.
"""

from __future__ import annotations  # a SyntaxError here? Shopman needs Python 3.11 to 3.13

import ast
import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
BOOT = ROOT / ".boot"
UV = BOOT / "uv" / "bin" / "uv"
BOOT_LOCK = ROOT / "requirements-boot.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"
SUPPORTED = ((3, 13), (3, 12), (3, 11))
COMMANDS = ("demo", "test", "setup", "check", "bench", "docs", "lock")

#: pip's settings and the variables by which uv knows the same thing.
UV_NAMES = {
    "index-url": ("UV_DEFAULT_INDEX",),
    "extra-index-url": ("UV_INDEX",),
    "find-links": ("UV_FIND_LINKS",),
    "trusted-host": ("UV_INSECURE_HOST",),
    "cert": ("SSL_CERT_FILE",),
    "client-cert": ("SSL_CLIENT_CERT",),
    "proxy": ("HTTPS_PROXY", "HTTP_PROXY"),
    "timeout": ("UV_HTTP_TIMEOUT",),
}


def main(arguments: list[str]) -> NoReturn:
    """Install what is missing, then run the command with the Python of ``.venv``."""
    command = arguments[0] if arguments else "help"
    if command not in COMMANDS:
        print(__doc__)
        raise SystemExit(0 if command in ("help", "-h", "--help") else 2)
    python = find_python()
    with one_at_a_time():
        install(python)
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execv(VENV_PYTHON, [str(VENV_PYTHON), "-m", "devtools", *arguments])  # noqa: S606


def stop(message: str) -> NoReturn:
    """End with a message and exit code 1."""
    print(f"dev.py: {message}", file=sys.stderr)
    raise SystemExit(1)


def say(message: str) -> None:
    """Tell what is being done; standard output belongs to the command."""
    print(f"dev.py: {message}", file=sys.stderr, flush=True)


def find_python() -> str:
    """Path of a supported Python outside any virtual environment: this one, or one on PATH."""
    if sys.version_info[:2] in SUPPORTED:
        # Inside an activated .venv this is the Python the venv was made from; the venv has no pip.
        return str(getattr(sys, "_base_executable", None) or sys.executable)
    for major, minor in SUPPORTED:
        found = shutil.which(f"python{major}.{minor}")
        # A pyenv shim is on PATH even where its version is not switched on: only running it tells.
        if found and version_of(found)[:2] == (major, minor):
            return found
    stop(
        f"this is Python {sys.version.split()[0]}; Shopman needs 3.11, 3.12 or 3.13, and none of"
        " python3.13, python3.12, python3.11 is on PATH.\n"
        "Install one (Debian 12 and Ubuntu 24.04: apt install python3 python3-pip;"
        " macOS: brew install python@3.12; elsewhere: https://www.python.org/downloads/)."
    )


def version_of(python: str | os.PathLike[str]) -> tuple[int, ...]:
    """The version of an interpreter as three numbers; empty when it does not run."""
    code = "import sys; print(*sys.version_info[:3])"
    try:
        answer = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ()
    return tuple(int(part) for part in answer.stdout.split())


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two commands started at once in one clone do not install over each other."""
    BOOT.mkdir(exist_ok=True)
    with (BOOT / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def install(python: str) -> None:
    """Bring ``.venv`` to what the lock says. Touches no network when it is there already."""
    version = ".".join(map(str, version_of(python)))
    wanted = fingerprint(DEV_LOCK, version, str(VENV))
    stamp = VENV / ".installed"
    if VENV_PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"installing the locked dependencies into .venv (Python {version})")
    stamp.unlink(missing_ok=True)
    uv = find_uv(python)
    if not (uv and install_with_uv(uv, python)):
        say("trying again with plain pip")
        install_with_pip(python)
    stamp.write_text(wanted)


def fingerprint(lock: Path, *facts: str) -> str:
    """What an installation stands for: the lock's content, and whatever else must be the same."""
    return hashlib.sha256(lock.read_bytes() + "\n".join(facts).encode()).hexdigest()


def find_uv(python: str) -> str | None:
    """Path of the pinned uv, installed into ``.boot`` by pip; None where pip cannot get it."""
    stamp, wanted = BOOT / "installed", fingerprint(BOOT_LOCK, str(BOOT))
    if UV.exists() and stamp.exists() and stamp.read_text() == wanted:
        return str(UV)
    shutil.rmtree(BOOT / "uv", ignore_errors=True)
    pip = [python, "-m", "pip", "install", "--quiet", "--target", str(BOOT / "uv")]
    pip += ["--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", str(BOOT_LOCK)]
    if not run(pip, pip_environment()) or not UV.exists():
        return None
    stamp.write_text(wanted)
    return str(UV)


def install_with_uv(uv: str, python: str) -> bool:
    """Make ``.venv`` and fill it with uv; whether that worked."""
    settings = pip_settings(python)
    environment = uv_environment(settings)
    sync = [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", str(VENV_PYTHON)]
    sync += ["--no-index"] if settings.get("no-index", "") not in ("", "0", "false") else []
    made = (VENV / "pyvenv.cfg").exists() and version_of(VENV_PYTHON) == version_of(python)
    venv = [uv, "venv", "--quiet", "--clear", "--no-project", "--python", python, str(VENV)]
    return (made or run(venv, environment)) and run([*sync, str(DEV_LOCK)], environment)


def install_with_pip(python: str) -> None:
    """For platforms without uv. Works without ensurepip: the outer pip installs into the venv."""
    environment = pip_environment()
    venv = [python, "-m", "venv", "--clear", "--without-pip", str(VENV)]
    pip = [python, "-m", "pip", "--python", str(VENV_PYTHON), "install", "--quiet"]
    if not run(venv, environment):
        stop(f"{python} cannot make a virtual environment; see the message above.")
    if not run([*pip, "--require-hashes", "-r", str(DEV_LOCK)], environment):
        stop(
            f"the dependencies could not be installed; see the message above. {python} needs pip"
            " (Debian: apt install python3-pip) and, the first time, a network or a wheel folder."
        )


def run(command: list[str], environment: dict[str, str]) -> bool:
    """Run a program that asks nothing; whether it succeeded."""
    return subprocess.call(command, env=environment, stdin=subprocess.DEVNULL, cwd=ROOT) == 0


def pip_environment() -> dict[str, str]:
    """The environment without what would keep pip from installing where it is told."""
    names = ("PIP_USER", "PIP_REQUIRE_VIRTUALENV", "PIP_TARGET", "PIP_PREFIX", "PYTHONPATH")
    kept = {name: value for name, value in os.environ.items() if name not in names}
    return {**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}


def uv_environment(settings: dict[str, str]) -> dict[str, str]:
    """The environment for uv, which does not read pip's configuration: we hand it over.

    What the environment already tells uv wins.
    """
    found = {"UV_PYTHON_DOWNLOADS": "never"}
    for setting, value in settings.items():
        separator = "," if setting == "find-links" else " "
        for name in UV_NAMES.get(setting, ()):
            found[name] = separator.join(value.split())
    if "extra-index-url" in settings:
        # pip takes the best match of all indexes; the lock's hashes say which file is right.
        found["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return {**found, **os.environ}


def pip_settings(python: str) -> dict[str, str]:
    """pip's configuration for installing, as ``{"index-url": ...}``; the environment wins."""
    command = [python, "-m", "pip", "config", "list"]
    answer = subprocess.run(command, capture_output=True, text=True, env=pip_environment())
    found: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in answer.stdout.splitlines():
        name, _, value = line.partition("=")
        section, _, setting = name.rpartition(".")
        if section in found:
            found[section][setting] = str(ast.literal_eval(value))
    return {**found["global"], **found["install"], **found[":env:"]}


if __name__ == "__main__":
    main(sys.argv[1:])
