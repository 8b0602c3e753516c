"""What ``dev.py`` does once ``.venv`` is there: demo, tests, gate, benchmarks, locks."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
