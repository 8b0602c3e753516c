"""What the database knows of a batch: who has the identifiers, and which rows came before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from guestman.contrib.identifiers import bulk as identity
from guestman.contrib.identifiers.models import RecordLink
from guestman.contrib.identifiers.rules.claims import Claim, Hit, Key, Owner
from guestman.contrib.imports.models import ImportRow, ImportRun, Outcome
from guestman.services import suppression

Hits = Mapping[Key, Sequence[Hit]]


def hits_of(claims: Iterable[Claim], *, but_of: ImportRun | None = None) -> Hits:
    """Everybody with an identifier that a claim names, by the claim, without whom a run made.

    Two statements.
    """
    hits = identity.find(claims)
    own = _made_by(but_of, {hit.owner.customer for hit in hits}) if but_of and hits else set()
    found: dict[Key, list[Hit]] = defaultdict(list)
    for hit in hits:
        if hit.owner.customer not in own:
            found[hit.at].append(hit)
    return found


def erased_of(claims: Iterable[Claim]) -> set[tuple[str, str]]:
    """Family and key of what belonged to people who were erased: contacts, documents, cards."""
    return set(suppression.erased_among((claim.family, claim.key) for claim in claims))


def _made_by(run: ImportRun, keys: Iterable[UUID]) -> set[UUID]:
    rows = ImportRow.objects.filter(
        run=run, outcome=Outcome.CREATED, customer_uuid__among=list(keys)
    )
    return set(rows.values_list("customer_uuid", flat=True))


def links_of(source_type: str, keys: Iterable[str]) -> dict[str, Owner]:
    """Whose the rows of these keys are since an earlier import; of a merged one the survivor."""
    rows = RecordLink.objects.filter(source_type=source_type, source_id__among=keys)
    named = rows.values_list("source_id", "customer", "customer__merged_into")
    return {key: Owner(customer=survivor or customer) for key, customer, survivor in named}
