"""The keys of this clone, in the ignored file ``.env.local``: made once, never printed."""

from __future__ import annotations

import base64
import os
import secrets

from devtools import ROOT

FILE = ROOT / ".env.local"


def ensure() -> dict[str, str]:
    """The keys of ``.env.local``; those that are missing are made and added."""
    lines = FILE.read_text().splitlines() if FILE.exists() else []
    found = dict(line.split("=", 1) for line in lines if "=" in line and line[0] != "#")
    made = {name: value for name, value in fresh().items() if name not in found}
    if made:
        heading = [] if lines else ["# Keys of this clone, made by dev.py. Not for production."]
        text = [*lines, *heading, *(f"{name}={value}" for name, value in made.items())]
        FILE.touch(mode=0o600)
        FILE.write_text("\n".join(text) + "\n")
    return found | made


def fresh() -> dict[str, str]:
    """New keys, and a new password for the demo."""

    def keyring() -> str:
        """One key of 32 bytes in the form ``name:base64``."""
        return f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}"

    return {
        "DJANGO_SECRET_KEY": secrets.token_urlsafe(50),
        "DOORMAN_HMAC_KEYS": keyring(),
        "DOORMAN_SEAL_KEYS": keyring(),
        "DEMO_PASSWORD": secrets.token_urlsafe(9),
    }


def environment(**more: str) -> dict[str, str]:
    """The environment of a program of this clone: what is set already wins over the keys."""
    return {**ensure(), **more, **os.environ}
