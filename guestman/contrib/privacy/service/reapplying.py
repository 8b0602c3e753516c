"""Erasures done again, after a backup from before them was restored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from guestman.contrib.privacy.models import Erasure, Suppression
from guestman.contrib.privacy.service import erasing, ledger, people, suppression
from guestman.models import Customer
from guestman.services import locks
from guestman.services import suppression as suppressions
from guestman.services.writing import writing
from shopman import audit, permits, subjects
from shopman.models import sole
from shopman.person import Person
from shopman.personal import Erasing

REASON = "restored from a backup"


def reapply(lines: Iterable[str]) -> dict[str, int]:
    """Erase again whoever a ledger, or this database, says was erased; rows of each kind.

    Whoever is empty already is swept. Raises LedgerUnreadable before anything is done.
    """
    facts = list(ledger.read(lines))
    known = {each["erasure"] for each in facts}
    counts: dict[str, int] = {}
    for each in facts:
        _add(counts, _again(each))
    for erasure in Erasure.objects.exclude(pk__in=known).order_by("at", "pk"):
        _add(counts, _again(_facts(erasure)))
    return counts


def _again(facts: Mapping[str, Any]) -> dict[str, int]:
    keys = [UUID(key) for key in facts["keys"]]
    with writing():
        family = locks.family(keys)
        rows = [family[key] for key in sorted(keys) if key in family]
        found = sole(Erasure.objects.filter(pk=facts["erasure"]).select_related("entry"))
        erasure = found or _restored(facts)
        person = _person(rows, facts)
        values = suppressions.known_by([row.pk for row in rows if row.erased_at is None])
        values |= suppression.of_proved(person)
        at = dt.datetime.fromisoformat(facts["at"])
        counts = erasing.clear(
            Erasing(person=person, entry=erasure.entry, at=at, reason=erasure.reason)
        )
        suppression.remember(erasure, values)
    return counts


def _person(rows: list[Customer], facts: Mapping[str, Any]) -> Person:
    """Who it was, as far as the restored rows tell, and by the ledger where they do not."""
    known = people.person(rows, also=[*map(UUID, facts["keyless"])])
    known = replace(known, keys=known.keys | set(map(UUID, facts["keys"])))
    if rows and all(row.erased_at for row in rows):
        # Nothing was restored: the contacts may be somebody else's by now.
        return known
    hashes = {digest for _, _, digest in facts["hashes"]}
    proved = suppression.proved(subjects.contacts(), hashes)
    return replace(
        known,
        # Proved after the backup was made.
        phones=known.phones | {value for kind, value in proved if kind == "phone"},
        emails=known.emails | {value for kind, value in proved if kind == "email"},
    )


def _restored(facts: Mapping[str, Any]) -> Erasure:
    """The record of an erasure that the backup does not have."""
    entry = audit.record(
        subject=f"customer:{facts['customer']}", action=permits.ACTION, reason=facts["reason"]
    )
    erasure = Erasure(
        uuid=UUID(facts["erasure"]),
        customer_uuid=UUID(facts["customer"]),
        keys=facts["keys"],
        reason=facts["reason"],
        entry=entry,
        keyless=facts["keyless"],
        left=facts["left"],
        at=dt.datetime.fromisoformat(facts["at"]),
        ledgered_at=dt.datetime.fromisoformat(facts["at"]),
    )
    erasure.save(force_insert=True)
    Suppression.objects.bulk_create(
        Suppression(erasure=erasure, kind=kind, key_id=key_id, digest=digest)
        for kind, key_id, digest in facts["hashes"]
    )
    return erasure


def _facts(erasure: Erasure) -> dict[str, Any]:
    hashes = erasure.suppressions.values_list("kind", "key_id", "digest")
    return {
        "erasure": str(erasure.pk),
        "customer": str(erasure.customer_uuid),
        "keys": erasure.keys,
        "at": erasure.at.isoformat(),
        "reason": erasure.reason,
        "keyless": erasure.keyless,
        "left": erasure.left,
        "hashes": list(hashes),
    }


def _add(counts: dict[str, int], more: Mapping[str, int]) -> None:
    for key, count in more.items():
        counts[key] = counts.get(key, 0) + count
