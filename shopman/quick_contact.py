"""The common form of phone numbers and e-mail addresses, read without the libraries.

A number costs phonenumbers 60 to 100 microseconds, an address email-validator about as much; a file
of a million customers has two million of them. What is plain is read here with the libraries' own
patterns; everything else gets None and goes to them. Whatever is answered is what they answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

import phonenumbers
from email_validator import SPECIAL_USE_DOMAIN_NAMES
from phonenumbers import PhoneMetadata

#: An ASCII number with nothing but separators in it.
_PLAIN_PHONE: Final = re.compile(r"\+?[0-9(][0-9 ().\-]{5,30}", re.ASCII)
_SEPARATORS: Final = str.maketrans("", "", " ().-")
_TYPES: Final = (
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "personal_number",
    "voip",
    "pager",
    "uan",
    "voicemail",
)
_ATOM: Final = r"[a-z0-9_]+(?:[+_-][a-z0-9_]+)*"
_LABEL: Final = r"[a-z0-9]{1,30}(?:-[a-z0-9]{1,30})?"
_PLAIN_EMAIL: Final = re.compile(
    rf"(?=[^@]{{1,64}}@)({_ATOM}(?:\.{_ATOM})*)@((?:{_LABEL}\.){{1,3}}([a-z]{{2,18}}))", re.ASCII
)
_SPECIAL_ENDINGS: Final = frozenset(name.rpartition(".")[2] for name in SPECIAL_USE_DOMAIN_NAMES)


@dataclass(frozen=True, slots=True)
class _Plan:
    """The numbering plan of a country whose code is no other country's."""

    code: str
    number: re.Pattern[str]
    #: What the library may take for a prefix and strip.
    prefix: re.Pattern[str] | None


def phone(text: str, region: str | None) -> str | None:
    """E.164 of a plain valid number, or None: ask the library.

    >>> phone("(11) 98765-4321", "BR"), phone("+55 11 98765-4321", None), phone("call me", "BR")
    ('+5511987654321', '+5511987654321', None)
    """
    if not _PLAIN_PHONE.fullmatch(text):
        return None
    digits = text.translate(_SEPARATORS)
    if digits.startswith("+"):
        plan = _plan_of_code(digits[1:3]) or _plan_of_code(digits[1:4])
        national = digits[1 + len(plan.code) :] if plan else ""
    else:
        plan, national = _plan(region or ""), digits
    if plan is None or not plan.number.fullmatch(national):
        return None
    if plan.prefix is not None and plan.prefix.match(national):
        return None
    return f"+{plan.code}{national}"


def national(number: str) -> str | None:
    """The digits of a plain valid E.164 number without its country's, or None: ask the library.

    >>> national("+5511987654321")
    '11987654321'
    """
    if not number.startswith("+") or phone(number, None) != number:
        return None
    plan = _plan_of_code(number[1:3]) or _plan_of_code(number[1:4])
    return number[1 + len(plan.code) :] if plan else None


def email(text: str) -> str | None:
    """A plain address, which is its own canonical form, or None: ask the library.

    >>> email("ana.souza@loja.com.br"), email("Ana@Loja.com.br")
    ('ana.souza@loja.com.br', None)
    """
    found = _PLAIN_EMAIL.fullmatch(text)
    if found is None or found[3] in _SPECIAL_ENDINGS or _is_special(found[2]):
        return None
    return text


def _is_special(domain: str) -> bool:
    return any(
        domain == name or domain.endswith(f".{name}")
        for name in SPECIAL_USE_DOMAIN_NAMES
        if "." in name
    )


@cache
def _plan_of_code(code: str) -> _Plan | None:
    if not code.isdigit() or code.startswith("0"):
        return None
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(code), ())
    return _plan(regions[0]) if len(regions) == 1 else None


@cache
def _plan(region: str) -> _Plan | None:
    facts = PhoneMetadata.metadata_for_region(region, None)
    if facts is None or facts.country_code is None:
        return None
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(facts.country_code, ())
    kinds = [getattr(facts, name, None) for name in _TYPES]
    patterns = [kind.national_number_pattern for kind in kinds if kind is not None]
    patterns = [pattern for pattern in patterns if pattern]
    if len(regions) != 1 or not patterns or facts.general_desc is None:
        return None
    prefix = facts.national_prefix_for_parsing
    # No leading zero: whether it belongs to the number is for the library to say.
    return _Plan(
        code=str(facts.country_code),
        number=re.compile(
            rf"(?!0)(?=(?:{facts.general_desc.national_number_pattern})\Z)"
            rf"(?:{'|'.join(patterns)})",
            re.ASCII,
        ),
        prefix=re.compile(prefix, re.ASCII) if prefix else None,
    )
