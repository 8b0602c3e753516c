"""By what an erased person is recognised."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import Final
from uuid import UUID

from guestman.conf import conf
from guestman.contrib.privacy.errors import SuppressionKeysMissing
from guestman.contrib.privacy.models import Erasure, Suppression
from guestman.contrib.privacy.rules import digests
from shopman import keyring, tenancy
from shopman.keyring import BadKey, Keyring
from shopman.person import Person

Value = tuple[str, str]
#: Kind of the hashes of contacts that were proved.
_PROVED: Final = "proved"


def ring() -> Keyring:
    """The keys of the settings. Raises SuppressionKeysMissing."""
    return _parsed(tuple(conf.SUPPRESSION_KEYS))


def remember(erasure: Erasure, values: Iterable[Value]) -> None:
    """Leave a keyed hash of each value."""
    keys = ring()
    Suppression.objects.bulk_create(
        (
            Suppression(erasure=erasure, kind=kind, key_id=keys.current, digest=digest)
            for kind, value in sorted(values)
            for digest in [_digest(keys, keys.current, kind, value)]
        ),
        ignore_conflicts=True,
    )


def recognised(kind: str, values: Collection[str]) -> dict[str, UUID]:
    """Those of the values that an erased person had, and the key of the empty record."""
    if not values or not Suppression.objects.filter(kind=kind).exists():
        return {}
    by_digest = dict(_digests(kind, values))
    rows = Suppression.objects.filter(kind=kind, digest__in=list(by_digest))
    found = rows.order_by("erasure__at").values_list("digest", "erasure__customer_uuid")
    return {by_digest[digest]: customer for digest, customer in found}


def of_proved(person: Person) -> set[Value]:
    """What is remembered besides of contacts the person proved: they find rows without a key."""
    return {(_PROVED, value) for value in person.phones | person.emails}


def proved(contacts: Iterable[Value], hashes: Collection[str]) -> set[Value]:
    """Those of the contacts that an erased person with these hashes had proved."""
    keys = ring()
    return {
        (kind, value)
        for kind, value in set(contacts)
        if any(_digest(keys, name, _PROVED, value) in hashes for name in keys.keys)
    }


def _digests(kind: str, values: Collection[str]) -> Iterator[tuple[str, str]]:
    keys = ring()
    for name in keys.keys:
        for value in values:
            yield _digest(keys, name, kind, value), value


def _digest(keys: Keyring, name: str, kind: str, value: str) -> str:
    return digests.suppression(keys.keys[name], tenant=tenancy.current().pk, kind=kind, value=value)


@lru_cache(maxsize=8)
def _parsed(entries: tuple[str, ...]) -> Keyring:
    try:
        return keyring.parse(entries)
    except BadKey as error:
        raise SuppressionKeysMissing(str(error)) from None
