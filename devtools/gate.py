"""The full gate: quick steps first, all of them even when one fails; then the tests."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from devtools import ROOT, engines, keys

PYTHON = sys.executable
LINT_IMPORTS = (
    "import sys; from importlinter.cli import lint_imports_command as run; sys.exit(run())"
)
STEPS = {
    "locks": [PYTHON, "-m", "devtools.lock"],
    "format": [PYTHON, "-m", "ruff", "format", "--check", "."],
    "lint": [PYTHON, "-m", "ruff", "check", "."],
    "types": [PYTHON, "-m", "mypy"],
    "import contracts": [PYTHON, "-c", LINT_IMPORTS, "--no-logo"],
    "translations": [PYTHON, "-m", "devtools.messages", "--check"],
    "migrations": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    "system checks": [PYTHON, "manage.py", "check", "--fail-level", "WARNING"],
    "deployment checks": [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
    "documentation": [PYTHON, "-m", "devtools.docs"],
}
MEMORY = "sqlite://:memory:"


def run() -> int:
    """Run every step and print its name and time. Returns an exit code."""
    failed = []
    for name, command in STEPS.items():
        print(f"\n--- {name}", flush=True)
        begun = time.monotonic()
        code = subprocess.call(command, cwd=ROOT, env=environment_of(name))
        print(f"--- {name}: {'FAILED' if code else 'ok'} ({time.monotonic() - begun:.1f} s)")
        if code:
            failed.append(name)
    if failed:
        print(f"\nThe gate is closed: {', '.join(failed)}. The tests did not run.")
        return 1
    return tests()


def tests() -> int:
    """Exactly ``python3 dev.py test``; in CI an engine that answers may not get lost on the way."""
    command = [PYTHON, "dev.py", "test"]
    if os.environ.get("CI"):
        command += ["--require-pg"] if engines.find_postgres().url else []
        command += ["--require-redis"] if engines.find_redis().url else []
    print("\n--- tests", flush=True)
    return subprocess.call(command, cwd=ROOT)


def environment_of(step: str) -> dict[str, str]:
    """Neither the developer's database nor keys of the clone: the same on every machine."""
    production = {
        "DEBUG": "off",
        "ALLOWED_HOSTS": "shop.example",
        "CSRF_TRUSTED_ORIGINS": "https://shop.example",
        "DATABASE_URL": "postgres://shopman@db.example/shopman",
        "REDIS_URL": "redis://redis.example:6379/0",
        "DOORMAN_BASE_URL": "https://shop.example",
        "EMAIL_URL": "smtp://mail.example:25",
        "DEFAULT_FROM_EMAIL": "shop@shop.example",
    }
    development = {"DEBUG": "on", "DATABASE_URL": MEMORY, "REDIS_URL": ""}
    chosen = production if step == "deployment checks" else development
    return {**os.environ, **keys.fresh(), **chosen, "PYTHONWARNINGS": "default"}
