"""The locks: made by uv from pyproject.toml, with a fingerprint that shows when they are stale.

A lock carries hashes and markers for Python 3.11 to 3.13 and every platform, and no address.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import tomllib

from devtools import ROOT

MARK = "# made from pyproject.toml tables "
#: Lock file: what uv compiles into it.
LOCKS = {
    "requirements.lock": ["pyproject.toml"],
    "requirements-dev.lock": [
        "pyproject.toml",
        "--group",
        "dev",
        "--constraint",
        "requirements.lock",
    ],
    "requirements-boot.lock": ["--group", "boot"],
}


def tables_digest() -> str:
    """SHA-256 of everything in pyproject.toml that decides what a lock holds."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    keys = ("requires-python", "dependencies", "optional-dependencies")
    tables = {key: project["project"].get(key) for key in keys}
    tables["groups"] = project["dependency-groups"]
    return hashlib.sha256(json.dumps(tables, sort_keys=True).encode()).hexdigest()


def stale() -> list[str]:
    """Names of locks that were not made from today's pyproject.toml. Needs no network."""
    mark = MARK + tables_digest()
    return [
        name
        for name in LOCKS
        if not (ROOT / name).exists() or (ROOT / name).read_text().partition("\n")[0] != mark
    ]


def compile_locks(*, upgrade: bool = False) -> int:
    """Write all locks again; versions stay where they still fit unless ``upgrade``."""
    uv = ROOT / ".boot" / "uv" / "bin" / "uv"
    for name, source in LOCKS.items():
        command = [str(uv), "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
        command += ["--generate-hashes", "--no-emit-index-url", "--no-emit-find-links"]
        command += ["--custom-compile-command", "python3 dev.py lock", "--output-file", name]
        command += ["--upgrade"] if upgrade else []
        if subprocess.call([*command, *source], cwd=ROOT):
            return 1
        file = ROOT / name
        lines = file.read_text().splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith(MARK)]
        file.write_text("".join([f"{MARK}{tables_digest()}\n", *kept]))
    return 0


def report() -> int:
    """A step of the gate: complain about stale locks."""
    found = stale()
    if found:
        print(f"{', '.join(found)}: older than pyproject.toml. Run: python3 dev.py lock")
    return int(bool(found))


if __name__ == "__main__":
    raise SystemExit(report())
