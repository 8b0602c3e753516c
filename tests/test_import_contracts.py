"""The import contracts bite: a planted breach of each law is reported."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("shopman", "guestman", "doorman", "omniman", "offerman", "config")
RUN = "import sys; from importlinter.cli import lint_imports_command as run; sys.exit(run())"

#: Contract: the file that breaks it, and the line that does.
BREACHES = {
    "The four apps are strangers": ("guestman/services/x.py", "import doorman.protocols.customer"),
    "The kernel knows no app": ("shopman/x.py", "import omniman.apps"),
    "Only config knows everybody": ("offerman/services/x.py", "import config.settings"),
    "Inside an app": ("omniman/rules/x.py", "import omniman.models"),
    "Inside a contrib room": ("guestman/contrib/insights/what_is_this.py", ""),
    "Rooms are strangers": (
        "guestman/contrib/imports/services/x.py",
        "import guestman.contrib.identifiers.services.hits",
    ),
    "Rules are pure Python": ("offerman/rules/x.py", "import django.db"),
    "Only tasks and config know Celery": ("doorman/services/x.py", "import celery"),
    "Only api packages": ("guestman/services/y.py", "import rest_framework.views"),
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What import-linter says about a copy of the code in which every law is broken once."""
    copy = tmp_path_factory.mktemp("breached")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("*.pyc"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    for path, line in BREACHES.values():
        file = copy / path
        file.parent.mkdir(exist_ok=True)
        (file.parent / "__init__.py").touch()
        file.write_text(f"{line}\n")
    command = [sys.executable, "-c", RUN, "--no-logo", "--no-cache"]
    return subprocess.run(command, cwd=copy, capture_output=True, text=True).stdout


@pytest.mark.parametrize("law", BREACHES)
def test_a_breach_is_reported(report: str, law: str) -> None:
    verdicts = [line for line in report.splitlines() if line.startswith(law)]
    assert verdicts
    assert "BROKEN" in verdicts[0]
