"""``python -m devtools COMMAND``, run by ``dev.py`` with the Python of ``.venv``."""

from __future__ import annotations

import argparse
import subprocess
import sys

from devtools import ROOT, demo, docs, gate, keys, lock, suite


def main(arguments: list[str]) -> int:
    """Run one command. Returns an exit code."""
    parser = argparse.ArgumentParser(prog="python3 dev.py", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    shop = commands.add_parser("demo", help="a running shop with sample data")
    shop.add_argument("--port", type=int, help="listen here; by default 8000, or a free port")
    test = commands.add_parser("test", help="the test suite; other arguments go to pytest")
    test.add_argument("--require-pg", action="store_true", help="fail without PostgreSQL")
    test.add_argument("--require-redis", action="store_true", help="fail without Redis")
    commands.add_parser("setup", help="only install into .venv")
    commands.add_parser("check", help="the full gate")
    commands.add_parser("bench", help="benchmarks/run.py with the arguments given", add_help=False)
    site = commands.add_parser("docs", help="the documentation site, built again at every change")
    site.add_argument("--port", type=int, help="listen here; by default 8000, or a free port")
    locks = commands.add_parser("lock", help="make the locks again from pyproject.toml")
    locks.add_argument("--upgrade", action="store_true", help="take the newest versions")

    given, rest = parser.parse_known_args(arguments)
    if rest and given.command not in ("test", "bench"):
        parser.error(f"unknown arguments: {' '.join(rest)}")
    # Whatever comes next, `manage.py` by hand finds its keys from now on.
    keys.ensure()
    match given.command:
        case "demo":
            return demo.serve(port=given.port)
        case "test":
            return suite.run(rest, require_pg=given.require_pg, require_redis=given.require_redis)
        case "check":
            return gate.run()
        case "bench":
            bench = [sys.executable, "-m", "benchmarks.run", *rest]
            return subprocess.call(bench, cwd=ROOT, env=keys.environment())
        case "docs":
            return docs.serve(port=given.port)
        case "lock":
            return lock.compile_locks(upgrade=given.upgrade)
        case _:
            print("Everything is installed in .venv.")
            return 0


if __name__ == "__main__":
    try:
        raise SystemExit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        raise SystemExit(130) from None
