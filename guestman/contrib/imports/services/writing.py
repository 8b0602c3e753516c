"""A judged batch, written in the transaction that is running, in as few statements as one row.

Nothing is written customer by customer: every step goes over the whole batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from guestman.contrib.identifiers import bulk as identity
from guestman.contrib.identifiers.models import CustomerIdentifier, RecordLink, ReviewItem
from guestman.contrib.identifiers.rules.claims import Claim, Owner
from guestman.contrib.imports.models import ImportRow, ImportRun, Outcome
from guestman.contrib.imports.rules.judgement import ERASED, Group, Judged, Rules, Verdict
from guestman.contrib.imports.services.counts import Counts
from guestman.contrib.imports.services.people import gaps_of, person_of, typed
from guestman.models import Customer
from guestman.services import bulk_create, bulk_fill, suspicion
from guestman.services.newcomers import NewPerson
from shopman import alike, clock
from shopman.keys import uuid7

#: How sure a link is that rests on a match, by the evidence of the file. Business default.
CONFIDENCE: Final = {"A": 1.0, "U": 0.7}
#: Customers somebody may be the same as that are told; more is no suspicion but a shared value.
SUSPICIONS: Final = 20
_ROW: Final = ("line", "outcome", "reason", "customer_uuid", "content", "changes")
_LINK: Final = ("uuid", "source_id", "customer_id", "method", "confidence", "came_by")

#: What a row says, by its line.
CellsOf = Callable[[int], list[str]]
#: What was done to somebody, to be undone; by the first row of his group.
Changes = dict[int, dict[str, Any]]


@dataclass(slots=True, kw_only=True)
class Batch:
    """Writes one batch; afterwards ``counts`` say what came of it, with what came before."""

    run: ImportRun
    rules: Rules
    cells_of: CellsOf
    links: Mapping[str, Owner]
    counts: Counts = field(default_factory=Counts)
    _rows: list[tuple[Any, ...]] = field(default_factory=list)
    _links: list[tuple[Any, ...]] = field(default_factory=list)
    _claims: list[CustomerIdentifier] = field(default_factory=list)

    def write(self, judged: Sequence[Judged]) -> None:
        """New customers, then known ones, then what the rows became."""
        new = [each for each in judged if each[1].kind == "create"]
        known = [each for each in judged if each[1].kind in ("same", "match")]
        owners = self._create(new)
        changes = self._fill(known)
        self._note_pending([each for each in known if each[1].decision is not None], changes)
        for group, verdict, _claims in known:
            self._known(group, verdict, changes.get(group.first, {}))
        self._refuse([each for each in judged if each[1].kind in ("conflict", "reject")])
        identity.store(self._claims)
        alike.insert(
            RecordLink,
            _LINK,
            self._links,
            same={
                "source_type": self.run.source_type,
                "evidence": self.rules.evidence,
                "linked_at": clock.now(),
            },
        )
        self.counts.links_created += len(self._links)
        self._suspect(new, owners)
        alike.insert(ImportRow, _ROW, self._rows, same={"run_id": self.run.pk})

    def _create(self, new: Sequence[Judged]) -> dict[int, UUID]:
        """Make the new customers; who was made, by the first row."""
        people = [person_of(group, self.rules) for group, _verdict, _claims in new]
        made = bulk_create.create_many(people)
        self._count_made(people)
        for (group, _verdict, claims), newcomer in zip(new, made, strict=True):
            self._note(group, Outcome.CREATED, newcomer.key, changes={"version": 1})
            self._link(group, newcomer.key, method="new", confidence=1.0)
            document = next((each for each in claims if each.family == "document"), None)
            if document is not None and not newcomer.person.columns["document"]:
                # What is only typed finds its customer and takes nobody's document.
                self._claims.append(typed(document, newcomer.key, group, self.run.source_type))
        return {
            group.first: newcomer.key
            for (group, _verdict, _claims), newcomer in zip(new, made, strict=True)
        }

    def _fill(self, known: Sequence[Judged]) -> Changes:
        """Fill what known customers lack, in a trusted file.

        Two groups may lead to one customer: what was filled stands with the first.
        """
        if not self.run.is_trusted:
            return {}
        found: Changes = {}
        filled = bulk_fill.fill_many(gaps_of(known))
        for group, verdict, _claims in known:
            done = filled.pop(verdict.customer, None) if verdict.customer else None
            if done is None:
                continue
            found[group.first] = {"fields": list(done.fields), "version": done.version}
            if done.address is not None:
                found[group.first]["address"] = str(done.address)
                self.counts.addresses_created += 1
        return found

    def _note_pending(self, known: Sequence[Judged], changes: Changes) -> None:
        """Numbers and addresses nobody has are remembered beside the customer, for staff alone."""
        wanted = self._unknown_pending(known)
        matters = []
        for group, customer, pending, came_by in wanted:
            made = [
                typed(each, customer, group, self.run.source_type, is_pending=True)
                for each in pending
            ]
            for each in made:
                each.came_by = came_by
            self._claims += made
            self.counts.claims_noted += len(made)
            changes.setdefault(group.first, {})["claims"] = [str(each.pk) for each in made]
            matters.append(
                identity.Matter(
                    kind=ReviewItem.Kind.PENDING,
                    customers=[customer],
                    about=[str(customer)],
                    values=_masked(pending),
                    source=self.run.source_type,
                    came_by=came_by,
                )
            )
        for (group, *_rest), item in zip(wanted, identity.open_many(matters), strict=True):
            changes[group.first]["reviews"] = [str(item.pk)]

    def _unknown_pending(
        self, known: Sequence[Judged]
    ) -> list[tuple[Group, UUID, Sequence[Claim], UUID | None]]:
        """Claims that are not noted beside their active customers yet. Two queries."""
        asked = [
            (
                group,
                verdict.customer,
                claims,
                verdict.decision.matched if verdict.decision else None,
            )
            for group, verdict, _claims in known
            if verdict.customer is not None and (claims := self._pending(verdict))
        ]
        if not asked:
            return []
        customers = {customer for _group, customer, _claims, _came in asked}
        active = Customer.objects.active().filter(uuid__among=list(customers))
        there = set(active.values_list("uuid", flat=True))
        noted = set(
            CustomerIdentifier.objects.filter(customer__among=list(there)).values_list(
                "customer", "family", "match_key"
            )
        )
        found: list[tuple[Group, UUID, Sequence[Claim], UUID | None]] = []
        for group, customer, claims, came_by in asked:
            new = [each for each in claims if (customer, *each.at) not in noted]
            noted |= {(customer, *each.at) for each in new}
            if new and customer in there:
                found.append((group, customer, new, came_by))
        return found

    def _pending(self, verdict: Verdict) -> list[Claim]:
        decision = verdict.decision
        claims = (*decision.pending, *decision.attach) if decision else ()
        return [each for each in claims if each.family != self.rules.source_type]

    def _known(self, group: Group, verdict: Verdict, changes: dict[str, Any]) -> None:
        assert verdict.customer is not None
        came = Outcome.SAME if verdict.kind == "same" else Outcome.MATCHED
        came = Outcome.ENRICHED if "version" in changes else came
        confidence = CONFIDENCE[self.rules.evidence]
        method = verdict.reason or "record"
        came_by = verdict.decision.matched if verdict.decision else None
        if links := self._link(
            group, verdict.customer, method=method, confidence=confidence, came_by=came_by
        ):
            changes["links"] = links
        self._note(
            group, came, verdict.customer, reason=verdict.reason, changes=changes, following=came
        )

    def _refuse(self, refused: Sequence[Judged]) -> None:
        """Conflicts and rejected rows; one open question for each pair of rivals."""
        disputed = [each for each in refused if each[1].rivals]
        items = identity.open_many([self._dispute(*each) for each in disputed])
        opened = {
            each[0].first: {"reviews": [str(item.pk)]}
            for each, item in zip(disputed, items, strict=True)
        }
        for group, verdict, _claims in refused:
            outcome = Outcome.CONFLICT if verdict.kind == "conflict" else Outcome.REJECTED
            self._note(
                group,
                outcome,
                verdict.customer,
                reason=verdict.reason,
                changes=opened.get(group.first, {}),
                following=outcome,
            )

    def _dispute(self, _group: Group, verdict: Verdict, claims: Sequence[Claim]) -> identity.Matter:
        families = sorted({each.family for each in claims})
        return identity.Matter(
            kind=ReviewItem.Kind.CONFLICT,
            customers=list(verdict.rivals),
            about=[*map(str, verdict.rivals), *families],
            values=_masked(claims),
            source=self.run.source_type,
        )

    def _note(
        self,
        group: Group,
        outcome: Outcome,
        customer: UUID | None,
        *,
        reason: str = "",
        changes: Mapping[str, Any],
        following: Outcome = Outcome.DUPLICATE,
    ) -> None:
        """The outcome of the group's rows; what was done to the customer stands with the first."""
        # The cells of an erased person are not kept a second time.
        is_kept = outcome in (Outcome.CONFLICT, Outcome.REJECTED) and reason != ERASED
        for at, row in enumerate(group.rows):
            each = (following if at else outcome).value
            self._rows.append(
                (
                    row.line,
                    each,
                    reason[:40],
                    customer.hex if customer else None,
                    alike.text_of(self.cells_of(row.line) if is_kept else []),
                    alike.text_of({} if at else changes),
                )
            )
            setattr(self.counts, each, getattr(self.counts, each) + 1)

    def _link(
        self,
        group: Group,
        customer: UUID,
        *,
        method: str,
        confidence: float,
        came_by: UUID | None = None,
    ) -> list[str]:
        """Note whose the rows are, where no earlier import did; the keys of the new links."""
        made = []
        for key in dict.fromkeys(row.key for row in group.rows):
            if key not in self.links:
                link = uuid7()
                made.append(str(link))
                self._links.append(
                    (
                        link.hex,
                        key,
                        customer.hex,
                        method[:48],
                        confidence,
                        came_by.hex if came_by else None,
                    )
                )
        return made

    def _count_made(self, people: Sequence[NewPerson]) -> None:
        self.counts.customers_created += len(people)
        self.counts.contacts_created += sum(len(each.contacts) for each in people)
        self.counts.addresses_created += sum(bool(each.address) for each in people)

    def _suspect(self, new: Sequence[Judged], made: Mapping[int, UUID]) -> None:
        """Tell whom the new ones may be the same as: known ones, and earlier ones of the file."""
        earlier = {other for group, _verdict, _claims in new for other, _ in group.neighbours}
        by_line = {**self._customers_of(earlier), **made}
        for group, verdict, claims in new:
            customer = made[group.first]
            known = verdict.decision.suggest if verdict.decision else ()
            near = [by_line[other] for other, _family in group.neighbours if other in by_line]
            others = dict.fromkeys(each for each in (*known, *near) if each != customer)
            for other in list(others)[:SUSPICIONS]:
                suspicion.suggest(
                    customer,
                    other,
                    reason="same_contact_other_name",
                    evidence={"claims": _masked(claims), "source": self.run.source_type},
                )

    def _customers_of(self, lines: set[int]) -> dict[int, UUID]:
        """Whose these rows are, of this batch and of earlier ones."""
        if not lines:
            return {}
        refused = (Outcome.CONFLICT, Outcome.REJECTED)
        found = {
            line: UUID(customer)
            for line, outcome, _reason, customer, *_rest in self._rows
            if line in lines and customer and outcome not in refused
        }
        rows = ImportRow.objects.filter(run=self.run, line__in=lines - found.keys())
        settled = rows.exclude(outcome__in=refused)
        named = settled.values_list("line", "customer_uuid")
        return found | {line: customer for line, customer in named if customer is not None}


def _masked(claims: Iterable[Claim]) -> dict[str, str]:
    """Without the keys that the file's system gives its rows."""
    return identity.masked_claims(each for each in claims if not each.is_exclusive)
