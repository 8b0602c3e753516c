"""Erasures written down outside the database, so that an older backup does not undo them.

One line of JSON each: tenant, keys, time, reason and keyed hashes, no value of a person; its
``seal`` is a keyed hash of all the rest. The file is only ever added to.
"""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from guestman.conf import conf
from guestman.contrib.privacy.errors import LedgerUnreadable
from guestman.contrib.privacy.models import Erasure
from guestman.contrib.privacy.rules import digests
from guestman.contrib.privacy.service import suppression
from shopman import canonical, clock, tenancy

_PARTS: Final = frozenset({"tenant", "erasure", "customer", "keys", "at", "reason", "hashes"})
#: What lines written before there was such a thing do not have.
_LATER: Final = {"keyless": list, "left": dict}


def write_after_commit() -> None:
    """Add what is not there yet as soon as the running transaction is committed."""
    transaction.on_commit(write, robust=True)


def write() -> int:
    """Add the erasures of the tenant in use that are not in the ledger yet; returns how many."""
    if not conf.ERASURE_LEDGER:
        return 0
    with transaction.atomic():
        rows = list(
            Erasure.objects.filter(ledgered_at__isnull=True)
            .order_by("at", "pk")
            .select_for_update(skip_locked=True)
            .prefetch_related("suppressions")
        )
        if rows:
            _append(Path(conf.ERASURE_LEDGER), [_line(row) for row in rows])
            keys = [row.pk for row in rows]
            Erasure.objects.filter(pk__in=keys).update(ledgered_at=clock.now())
    return len(rows)


def read(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The erasures of the tenant in use among the lines of a ledger, oldest first.

    Raises LedgerUnreadable for a line that no key of ours sealed.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        facts = _parsed(line, number)
        if facts["tenant"] == str(tenancy.current().pk):
            yield facts


def _parsed(line: str, number: int) -> dict[str, Any]:
    try:
        facts = json.loads(line)
        seal = facts.pop("seal")
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise LedgerUnreadable(f"Line {number} is not of a ledger.") from error
    ring, text = suppression.ring(), canonical.text(facts)
    ours = (digests.line(key, text) for key in ring.keys.values())
    if set(facts) - set(_LATER) != _PARTS or not any(
        hmac.compare_digest(str(seal), each) for each in ours
    ):
        raise LedgerUnreadable(f"Line {number} was not written by this shop, or was changed.")
    return {**{name: empty() for name, empty in _LATER.items()}, **facts}


def _line(row: Erasure) -> str:
    facts = {
        "tenant": str(row.tenant_id),
        "erasure": str(row.pk),
        "customer": str(row.customer_uuid),
        "keys": row.keys,
        "at": row.at.isoformat(),
        "reason": row.reason,
        "keyless": row.keyless,
        "left": row.left,
        "hashes": sorted([each.kind, each.key_id, each.digest] for each in row.suppressions.all()),
    }
    ring = suppression.ring()
    seal = digests.line(ring.keys[ring.current], canonical.text(facts))
    return canonical.text({**facts, "seal": seal})


def _append(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    content = "".join(f"{line}\n" for line in lines).encode()
    # One write at the end of the file: two processes do not mix their lines.
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)
