"""The documentation site: built strictly for the gate, served for whoever writes it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from devtools import ROOT
from devtools.demo import HOST, free_port, is_free

MKDOCS = [sys.executable, "-m", "mkdocs"]
SITE = ROOT / "var" / "site"


def build(target: Path = SITE, *, config: Path = ROOT / "mkdocs.yml") -> int:
    """Build the site; a dead link, a missing anchor or a page outside the navigation fails it.

    Returns an exit code.
    """
    command = [*MKDOCS, "build", "--strict", "--config-file", str(config)]
    command += ["--site-dir", str(target)]
    return subprocess.call(command, cwd=ROOT, env=environment())


def serve(*, port: int | None) -> int:
    """Serve the site and build it again at every change, until Ctrl-C. Returns an exit code."""
    if port is not None and not is_free(port):
        print(f"Port {port} is taken on {HOST}. Choose another, or leave --port out.")
        return 1
    address = f"{HOST}:{port or free_port()}"
    print(f"The documentation is at http://{address}/   (Ctrl-C ends it)", flush=True)
    try:
        command = [*MKDOCS, "serve", "--quiet", "--dev-addr", address]
        return subprocess.call(command, cwd=ROOT, env=environment())
    except KeyboardInterrupt:
        return 0


def environment() -> dict[str, str]:
    """The environment without the theme's notice about its own future (docs/decisions/tooling)."""
    return {**os.environ, "NO_MKDOCS_2_WARNING": "1"}


if __name__ == "__main__":
    raise SystemExit(build())
