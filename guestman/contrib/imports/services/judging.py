"""What becomes of a batch of groups: the verdicts on all of them from a few statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from guestman.contrib.identifiers.rules.claims import Claim, Owner
from guestman.contrib.imports.models import ImportRun
from guestman.contrib.imports.rules.judgement import (
    ERASED,
    Group,
    Judged,
    Rules,
    Verdict,
    came_before,
    claims_of,
    judge,
)
from guestman.contrib.imports.services import finding
from guestman.contrib.imports.services.counts import Counts
from guestman.contrib.imports.services.people import gaps_of
from guestman.contrib.imports.services.sources import Source
from guestman.services import bulk_fill, locks
from shopman.contact import variant_key

Links = dict[str, Owner]
Claimed = tuple[Group, Sequence[Claim]]


def judge_all(groups: Sequence[Group], rules: Rules) -> list[Judged]:
    """Every group with its verdict; nothing is locked or written."""
    links = finding.links_of(rules.source_type, _keys(groups))
    claimed = [(group, claims_of(group, rules)) for group in groups]
    return _judge(claimed, links, rules, run=None)


def judge_and_hold(
    groups: Sequence[Group], rules: Rules, *, run: ImportRun
) -> tuple[list[Judged], Links]:
    """The same; nobody else decides on what the groups claim until the transaction ends.

    Rows that all came before claim nothing: their links say whose they are. Customers that ``run``
    itself made do not count: which rows of a file are one person was decided over the whole file,
    so it does not matter which of them were written first. Answers with the links as well.
    """
    links = finding.links_of(rules.source_type, _keys(groups))
    claimed = [(group, claims_of(group, rules)) for group in groups]
    waiting = [each for each in claimed if not came_before(each[0], links)]
    if waiting:
        locks.keys(_lock_names(waiting, rules))
        # Whoever held them may have linked the same rows.
        links |= finding.links_of(rules.source_type, _keys(group for group, _claims in waiting))
    return _judge(claimed, links, rules, run=run), links


def foretell(counts: Counts, judged: Sequence[Judged], source: Source) -> None:
    """Count what the groups would become."""
    completed = bulk_fill.fillable(gaps_of(judged)) if source.is_trusted else set()
    for group, verdict, _claims in judged:
        rows = len(group.rows)
        if verdict.kind == "create":
            counts.created += 1
            counts.duplicate += rows - 1
            counts.customers_created += 1
        elif verdict.kind in ("match", "same") and verdict.customer in completed:
            completed.discard(verdict.customer)
            counts.enriched += rows
        else:
            name = {"match": "matched", "reject": "rejected"}.get(verdict.kind, verdict.kind)
            setattr(counts, name, getattr(counts, name) + rows)


def _judge(
    claimed: Sequence[Claimed], links: Links, rules: Rules, *, run: ImportRun | None
) -> list[Judged]:
    every = [
        claim
        for group, claims in claimed
        if not came_before(group, links)
        for claim in claims
        if claim.family != rules.source_type
    ]
    hits = finding.hits_of(every, but_of=run)
    erased = finding.erased_of(every)
    judged = []
    for group, claims in claimed:
        own = [hit for claim in claims for hit in hits.get(claim.at, ())] if hits else []
        verdict = judge(group, claims, own, links, rules)
        if erased and verdict.kind == "create" and any(each.at in erased for each in claims):
            # Whoever asked to be forgotten is not made anew by a file from before.
            verdict = Verdict(kind="reject", reason=ERASED)
        judged.append((group, verdict, claims))
    return judged


def _keys(groups: Iterable[Group]) -> set[str]:
    return {row.key for group in groups for row in group.rows}


def _lock_names(claimed: Sequence[Claimed], rules: Rules) -> Iterator[tuple[str, str]]:
    for group, claims in claimed:
        for claim in claims:
            key = variant_key(claim.key) if claim.family == "phone" else claim.key
            yield claim.family, key
        for row in group.rows:
            yield f"record:{rules.source_type}", row.key
