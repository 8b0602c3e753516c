"""The erasure of a person: one transaction, over all apps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence, Set
from contextlib import ExitStack
from uuid import UUID

from guestman import signals
from guestman.contrib.privacy.errors import NotInDoubt, ReasonMissing, StalePreview
from guestman.contrib.privacy.models import Erasure
from guestman.contrib.privacy.service import ledger, people, preview, suppression
from guestman.contrib.privacy.service.preview import ErasurePreview
from guestman.errors import CustomerNotFound
from guestman.models import Customer
from guestman.rules import text
from guestman.services import locks
from guestman.services import suppression as suppressions
from guestman.services.journal import Journal
from guestman.services.writing import writing
from shopman import actor as actors
from shopman import audit, clock, permits, subjects
from shopman.person import ERASED, Person
from shopman.personal import Erasing, Hold


def erase(
    *,
    customer: Customer,
    reason: str,
    actor: actors.Actor | None = None,
    preview: ErasurePreview | str | None = None,
    also: Collection[UUID] = (),
) -> Erasure:
    """Erase a person: this customer and every record merged into it, in all apps.

    What law or business must keep is made nobody's, the rest is deleted; a keyed hash of each
    contact stays. ``preview`` (or its digest) is what somebody confirmed; None asks for no
    confirmation. ``also`` are the rows among the preview's doubts that are this person's; the
    others stay and are counted in ``Erasure.left``. ``reason`` is kept; names and contacts in it
    are not. Whoever was erased before is returned as it was. Announces ``customer_erased``.

    Raises CustomerNotFound, StalePreview, NotInDoubt, ReasonMissing, SuppressionKeysMissing.
    """
    why = text.prose(reason, "reason", 1000)
    if not why:
        raise ReasonMissing
    suppression.ring()
    confirmed = preview.digest if isinstance(preview, ErasurePreview) else preview
    with ExitStack() as stack:
        if actor is not None:
            stack.enter_context(actors.use(actor))
        with writing():
            rows = _locked(customer.pk)
            done = _done(rows)
            return done or _erase(rows, why, confirmed, set(also))


def _locked(key: UUID) -> list[Customer]:
    """All records of the person, locked in key order. Raises CustomerNotFound."""
    found = locks.family([key])
    if not found:
        raise CustomerNotFound
    return list(found.values())


def _done(rows: Sequence[Customer]) -> Erasure | None:
    survivor = next(row for row in rows if row.merged_into_id is None)
    if survivor.erased_at is None:
        return None
    found: Erasure = Erasure.objects.get(customer_uuid=survivor.pk)
    return found


def _erase(rows: Sequence[Customer], why: str, confirmed: str | None, also: Set[UUID]) -> Erasure:
    survivor = preview.of(rows)
    told = preview.told(survivor, rows, people.person(rows))
    if confirmed is not None and confirmed != told.digest:
        raise StalePreview
    if not also <= {each.row for each in told.doubts}:
        raise NotInDoubt
    person = people.person(rows, also=also)
    values = suppressions.known_by(person.keys) | suppression.of_proved(person)
    reason = _without_names(why, rows, person)
    entry = audit.record(subject=survivor.subject, action=permits.ACTION, reason=reason)
    erasing = Erasing(person=person, entry=entry, at=clock.now(), reason=reason)
    erasure = Erasure(
        customer_uuid=survivor.pk,
        keys=sorted(str(key) for key in person.keys),
        reason=reason,
        entry=entry,
        keyless=_keyless(person),
        left=_left(told, also),
        counts=clear(erasing),
        holds=[_held(hold) for hold in told.holds],
        at=erasing.at,
    )
    erasure.save(force_insert=True)
    suppression.remember(erasure, values)
    journal = Journal(at=erasing.at)
    keys = sorted(person.keys)
    journal.tell(signals.customer_erased, survivor, {"customer_uuids": keys})
    journal.write()
    ledger.write_after_commit()
    return erasure


def clear(erasing: Erasing) -> dict[str, int]:
    """Erase every entry's rows of the person; how many of each, where there were any."""
    counts = {
        each.key: each.erase(each.rows(erasing.person), erasing) for each in subjects.personal()
    }
    return {key: count for key, count in counts.items() if count}


def _keyless(person: Person) -> list[str]:
    """Keys of the rows that are found by contacts and texts: by them they are found again."""
    return sorted(
        str(key)
        for each in subjects.personal()
        if each.keyless
        for key in each.keyless.own(person).values_list("pk", flat=True)
    )


def _left(told: ErasurePreview, also: Set[UUID]) -> dict[str, int]:
    taken = Counter(each.key for each in told.doubts if each.row in also)
    return dict(Counter(told.doubt_counts) - taken)


def _without_names(why: str, rows: Sequence[Customer], person: Person) -> str:
    """The reason as it is kept: a first name alone names the person too, here."""
    found = str(person.without(why))
    for row in rows:
        for name in f"{row.first_name} {row.last_name}".split():
            found = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", ERASED, found, flags=re.IGNORECASE)
    return found


def _held(hold: Hold) -> dict[str, str | int]:
    return {
        "what": str(hold.what),
        "count": hold.count,
        "until": hold.until.isoformat(),
        "ground": str(hold.ground),
    }
