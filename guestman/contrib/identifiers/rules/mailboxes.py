"""Spellings of one mailbox at providers that are known to ignore dots or tags.

A hint for staff and against abuse; never an identity. The rules are those of the providers, as the
normalisation vectors of validator.js have them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final


def _before(sign: str) -> Callable[[str], str]:
    return lambda local: local.partition(sign)[0] or local


def _gmail(local: str) -> str:
    return _before("+")(local).replace(".", "") or local


#: Domain: the domain it is the same as, and what is left of the local part.
_PROVIDERS: Final[Mapping[str, tuple[str, Callable[[str], str]]]] = {
    **dict.fromkeys(("gmail.com", "googlemail.com"), ("gmail.com", _gmail)),
    **{name: (name, _before("+")) for name in ("icloud.com", "me.com", "fastmail.com")},
    **{
        name: (name, _before("+"))
        for name in ("outlook.com", "hotmail.com", "live.com", "msn.com", "proton.me")
    },
    **{name: (name, _before("+")) for name in ("protonmail.com", "pm.me", "fastmail.fm")},
    **{
        name: (name, _before("-"))
        for name in ("yahoo.com", "yahoo.com.br", "yahoo.es", "ymail.com", "rocketmail.com")
    },
}


def mailbox_key(address: str) -> str:
    """One key for the spellings of a mailbox; empty at providers of whom nothing is known.

    >>> mailbox_key("ana.souza+loja@googlemail.com")
    'anasouza@gmail.com'
    """
    local, _at, domain = address.rpartition("@")
    known = _PROVIDERS.get(domain)
    if known is None:
        return ""
    same, spelled = known
    return f"{spelled(local)}@{same}"
