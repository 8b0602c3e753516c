"""Where a login may return to."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

MAX_LENGTH = 512

_UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\\\s]")
#: Encoded slash, backslash, NUL, CR and LF.
_UNSAFE_ENCODED = re.compile(r"%(2f|5c|00|0d|0a)", re.IGNORECASE)


def is_acceptable(path: object, *, forbidden_prefixes: Iterable[str]) -> bool:
    """Whether this is a plain path of our own host, outside the login and admin pages.

    Django's own check is made by the caller as well; this one refuses what that one lets through:
    relative references, encoded separators, dot segments.
    """
    if not isinstance(path, str) or not 1 <= len(path) <= MAX_LENGTH:
        return False
    if not path.startswith("/") or path[1:2] in ("/", "\\"):
        return False
    if _UNSAFE.search(path) or _UNSAFE_ENCODED.search(path) or not path.isprintable():
        return False
    bare = _decoded(re.split(r"[?#]", path, maxsplit=1)[0])
    if bare is None or any(segment in (".", "..") for segment in bare.split("/")):
        return False
    if urlsplit(path).netloc:
        return False
    inside = posixpath.normpath(bare).lower() + "/"
    return not any(_under(inside, prefix) for prefix in forbidden_prefixes)


def _decoded(path: str) -> str | None:
    """Percent-decoded until it rests, so that nothing hides behind a double encoding."""
    for _ in range(3):
        if _UNSAFE_ENCODED.search(path):
            return None
        once = unquote(path)
        if once == path:
            return None if _UNSAFE.search(path) else path
        path = once
    return None


def _under(inside: str, prefix: str) -> bool:
    return ("/" + inside.lstrip("/")).startswith(prefix.lower().rstrip("/") + "/")
