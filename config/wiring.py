"""Where one app's signal meets another app's receiver; nowhere else."""

from __future__ import annotations


def connect() -> None:
    """Connect the apps; called once when the project is ready."""
