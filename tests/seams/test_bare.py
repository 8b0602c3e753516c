"""Each app works, and passes its own tests, in a project without its neighbours."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
#: Left out, for it cannot be otherwise without neighbours: rules are pure Python, which
#: import-linter holds, and random streams of acts walk the same services as the tests that stay.
#: Both passes of the whole suite run them.
THE_SAME_ANYWHERE = (
    *("test_rules.py", "test_import_rules.py", "test_junk.py", "test_sameness.py"),
    *("test_choice.py", "test_amounts.py", "test_accuracy.py"),
    *("test_streams.py", "test_trees.py"),
)


@pytest.mark.parametrize("app", ["guestman", "doorman", "omniman", "offerman"])
def test_the_app_passes_its_tests_without_its_neighbours(app: str, tmp_path: Path) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("runs once, in the SQLite pass")
    environment = {
        **os.environ,
        "SHOPMAN_BARE_APP": app,
        "DJANGO_SETTINGS_MODULE": "tests.bare.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path}/bare.sqlite3",
        "REDIS_URL": "",
    }
    command = [sys.executable, "-m", "pytest", f"tests/{app}", "-q"]
    # A module about an app's neighbours cannot even be imported without them.
    command += ["-m", "not browser and not suite", "--ignore-glob=*/test_wiring*.py"]
    command += [f"--ignore-glob=*/{name}" for name in THE_SAME_ANYWHERE]
    found = subprocess.run(
        [*command, "-p", "no:cacheprovider", "--ds=tests.bare.settings"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout[-6000:]
    assert " passed" in found.stdout


def test_what_is_left_out_is_there() -> None:
    for name in THE_SAME_ANYWHERE:
        assert list(ROOT.glob(f"tests/*/**/{name}")), name
