"""Values that name nobody, and values that many share. Looked at before any look-up.

Junk links nothing and fails nothing: an order keeps what was typed, as text. The lists stand in
``junk.toml``; a shop adds its own (``Own``).
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import phonenumbers

from shopman import quick_contact

Standing = Literal["usable", "shared", "junk"]

#: Last digits of a number that are all the same, or one ascending run, from which nobody has it.
SAME_DIGITS = 7
ASCENDING_DIGITS = 8

_QUOTES = "'\"`´‘’“”«» \t\r\n"
_NOUGHTS = re.compile(r"[0-]*\Z", re.ASCII)
_SEPARATORS = re.compile(r"[._\-]")
#: 555-01xx is nobody's in North America.
_FICTITIOUS = re.compile(r"\+1\d{3}55501\d\d\Z", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What a shop adds: keys of its own numbers and addresses, and domains of e-mail.

    ``domains`` are the shop's own and those of marketplaces that relay the mail of an order.
    """

    keys: frozenset[tuple[str, str]] = frozenset()
    domains: frozenset[str] = frozenset()
    #: Block example.com, other reserved names and fictitious 555 numbers as well.
    reserved: bool = False


NOTHING = Own()


def is_token(text: str) -> bool:
    """Whether a value says that there is none: ``""``, ``0000``, ``N/A``, ``"null"`` ..."""
    bare = text.strip(_QUOTES).casefold()
    return bool(_NOUGHTS.match(bare)) or bare in _words("tokens")


def standing(family: str, key: str, own: Own = NOTHING) -> Standing:
    """What a canonical value of a family (``email``, ``phone``, ``document`` ...) is good for."""
    if (family, key) in own.keys or is_token(key):
        return "junk"
    if family == "email":
        return _mailbox(key, own)
    if family == "phone" and _is_nobodys_number(key, own):
        return "junk"
    return "usable"


def _mailbox(address: str, own: Own) -> Standing:
    local, _at, domain = address.rpartition("@")
    bare = _SEPARATORS.sub("", local)
    if bare in _words("mailboxes") or domain in own.domains or _is_placeholder(local, domain):
        return "junk"
    if own.reserved and _is_reserved(domain):
        return "junk"
    return "shared" if bare in _words("roles") else "usable"


def _is_placeholder(local: str, domain: str) -> bool:
    """``a@a.com``, ``xxx@xxx.com.br``: one letter, as often as it took."""
    return local == domain.partition(".")[0] and len(set(local)) == 1


def _is_reserved(domain: str) -> bool:
    labels = domain.split(".")
    return (
        ".".join(labels[-2:]) in _words("reserved_domains")
        or labels[0] in _words("reserved_names")
        or labels[-1] in _words("reserved_endings")
    )


def _is_nobodys_number(number: str, own: Own) -> bool:
    digits = _national(number)
    return (
        not digits
        or len(set(digits)) == 1
        or _is_one_digit(digits[-SAME_DIGITS:])
        or _ascends(digits[-ASCENDING_DIGITS:])
        or (own.reserved and bool(_FICTITIOUS.match(number)))
    )


def _national(number: str) -> str:
    """The digits without the country's, where the country is known."""
    quick = quick_contact.national(number)
    if quick is not None:
        return quick
    try:
        parsed = phonenumbers.parse(number.partition(";")[0], None)
    except phonenumbers.NumberParseException:
        return re.sub(r"\D", "", number)
    return str(parsed.national_number)


def _is_one_digit(digits: str) -> bool:
    return len(digits) >= SAME_DIGITS and len(set(digits)) == 1


def _ascends(digits: str) -> bool:
    return len(digits) >= ASCENDING_DIGITS and digits in "01234567890123456789"


@cache
def _lists() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("junk.toml").read_text("utf-8"))


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(_lists()[name])
