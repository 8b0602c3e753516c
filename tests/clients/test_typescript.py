"""TypeScript types are generated from the schema, and a storefront's code type-checks with them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from django.db import connection

from config.documentation import rendered

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="once is enough: on SQLite")

CACHE = Path(__file__).resolve().parents[2] / "var" / "clients" / "typescript"
PACKAGES = ("openapi-typescript@7.13.0", "typescript@5.9.3")
SECONDS = 120


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=CACHE, capture_output=True, text=True, check=False, timeout=SECONDS
    )


@pytest.fixture(scope="module")
def tools() -> Path:
    """The folder of the installed programs; installed once, outside git."""
    npm = shutil.which("npm")
    if not (npm and shutil.which("node")):
        pytest.skip("needs Node and npm: the TypeScript client was not generated")
    CACHE.mkdir(parents=True, exist_ok=True)
    mark = CACHE / "installed"
    if not mark.exists() or mark.read_text() != " ".join(PACKAGES):
        options = ["--prefix", str(CACHE), "--no-audit", "--no-fund", "--ignore-scripts"]
        done = run(npm, "install", *options, *PACKAGES)
        if done.returncode:
            pytest.skip(f"npm could not install {' '.join(PACKAGES)}: {done.stderr[-300:]}")
        mark.write_text(" ".join(PACKAGES))
    return CACHE / "node_modules" / ".bin"


def test_a_storefront_type_checks_with_the_generated_types(tools: Path) -> None:
    (CACHE / "schema.json").write_bytes(rendered("json"))
    made = run(str(tools / "openapi-typescript"), "schema.json", "--output", "schema.ts")
    assert made.returncode == 0, made.stdout + made.stderr
    assert "arning" not in made.stderr, made.stderr
    sample = Path(__file__).with_name("sample.ts")
    shutil.copy(sample, CACHE / "sample.ts")
    checked = run(str(tools / "tsc"), "--strict", "--noEmit", "sample.ts", "schema.ts")
    assert checked.returncode == 0, checked.stdout
