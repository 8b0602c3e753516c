"""A judged batch, written in the transaction that is running."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from guestman.contrib.identifiers import bulk as identity
from guestman.contrib.identifiers.models import CustomerIdentifier, RecordLink, ReviewItem
from guestman.contrib.identifiers.rules.claims import Claim, Owner
from guestman.contrib.imports.models import ImportRow, ImportRun, Outcome
from guestman.contrib.imports.rules.grouping import contacts_of, fullest_name
from guestman.contrib.imports.rules.judgement import ERASED, Group, Rules, Verdict
from guestman.contrib.imports.rules.rows import Contact, Row
from guestman.contrib.imports.services.counts import Counts
from guestman.models import Customer
from guestman.rules.contacts import ContactForm
from guestman.services import bulk_people, suspicion
from guestman.services.bulk_people import Gaps, NewContact, NewPerson
from shopman import bulk, clock

#: How sure a link is that rests on a match, by the evidence of the file. Business default.
CONFIDENCE: Final = {"A": 1.0, "U": 0.7}
#: Customers somebody may be the same as that are told; more is no suspicion but a shared value.
SUSPICIONS: Final = 20

Judged = tuple[Group, Verdict, Sequence[Claim]]
#: What a row says, by its line.
CellsOf = Callable[[int], list[str]]


@dataclass(slots=True, kw_only=True)
class Batch:
    """Writes one batch; afterwards ``rows`` and ``counts`` say what came of it."""

    run: ImportRun
    rules: Rules
    cells_of: CellsOf
    links: dict[str, Owner]
    counts: Counts = field(default_factory=Counts)
    rows: list[ImportRow] = field(default_factory=list)
    _links: list[RecordLink] = field(default_factory=list)
    _claims: list[CustomerIdentifier] = field(default_factory=list)

    def write(self, judged: Sequence[Judged]) -> None:
        """New customers first, all together; then what concerns known ones, one by one."""
        new = [each for each in judged if each[1].kind == "create"]
        people = [_person(group, self.rules, self.run) for group, _verdict, _claims in new]
        made = bulk_people.create_many(people) if people else []
        self._count_made(people)
        for (group, verdict, claims), customer in zip(new, made, strict=True):
            self._created(group, verdict, claims, customer)
        completed = self._complete(judged)
        for group, verdict, claims in judged:
            if verdict.kind in ("same", "match") and verdict.customer is not None:
                # Two groups may lead to one customer: what was filled stands with the first.
                self._known(group, verdict, completed.pop(verdict.customer, {}))
            elif verdict.kind != "create":
                self._refused(group, verdict, claims)
        identity.store(self._claims)
        bulk.insert(self._links)
        self.counts.links_created += len(self._links)
        self._suspect(new)
        bulk.insert(self.rows)

    def _created(
        self, group: Group, verdict: Verdict, claims: Sequence[Claim], customer: Customer
    ) -> None:
        self._note(group, Outcome.CREATED, customer.pk, changes={"version": customer.version})
        self._link(group, customer.pk, method="new", confidence=1.0)
        document = next((each for each in claims if each.family == "document"), None)
        if document is not None and not customer.document:
            # What is only typed finds its customer and takes nobody's document.
            self._claims.append(_typed(document, customer.pk, group, self.run.source_type))

    def _known(self, group: Group, verdict: Verdict, changes: dict[str, Any]) -> None:
        assert verdict.customer is not None
        came = Outcome.SAME if verdict.kind == "same" else Outcome.MATCHED
        came = Outcome.ENRICHED if changes else came
        confidence = CONFIDENCE[self.rules.evidence]
        method = verdict.reason or "record"
        came_by = verdict.decision.matched if verdict.decision else None
        if links := self._link(
            group, verdict.customer, method=method, confidence=confidence, came_by=came_by
        ):
            changes["links"] = links
        if verdict.decision is not None:
            changes |= self._note_pending(group, verdict)
        self._note(
            group, came, verdict.customer, reason=verdict.reason, changes=changes, following=came
        )

    def _refused(self, group: Group, verdict: Verdict, claims: Sequence[Claim]) -> None:
        is_conflict = verdict.kind == "conflict"
        outcome = Outcome.CONFLICT if is_conflict else Outcome.REJECTED
        changes: dict[str, Any] = {}
        if verdict.rivals:
            families = sorted({each.family for each in claims})
            item = identity.open_item(
                kind=ReviewItem.Kind.CONFLICT,
                customers=list(verdict.rivals),
                matter=[*map(str, verdict.rivals), *families],
                values=_masked(claims),
                source=self.run.source_type,
            )
            changes["reviews"] = [str(item.pk)]
        self._note(
            group,
            outcome,
            verdict.customer,
            reason=verdict.reason,
            changes=changes,
            following=outcome,
        )

    def _note_pending(self, group: Group, verdict: Verdict) -> dict[str, Any]:
        """Numbers and addresses nobody has are remembered beside the customer, for staff alone."""
        decision, customer = verdict.decision, verdict.customer
        assert decision is not None
        assert customer is not None
        pending = [
            each
            for each in (*decision.pending, *decision.attach)
            if each.family != self.rules.source_type
        ]
        if not pending or not Customer.objects.filter(pk=customer, is_active=True).exists():
            return {}
        pending = identity.unknown_pending(Customer(uuid=customer), pending)
        made = [
            _typed(each, customer, group, self.run.source_type, is_pending=True) for each in pending
        ]
        for each in made:
            each.came_by = decision.matched
        if not made:
            return {}
        self._claims += made
        self.counts.claims_noted += len(made)
        item = identity.open_item(
            kind=ReviewItem.Kind.PENDING,
            customers=[customer],
            matter=[str(customer)],
            values=_masked(pending),
            source=self.run.source_type,
            came_by=decision.matched,
        )
        return {"claims": [str(each.pk) for each in made], "reviews": [str(item.pk)]}

    def _complete(self, judged: Sequence[Judged]) -> dict[UUID, dict[str, Any]]:
        """Fill what known customers lack, in a trusted file; what was done, to be undone."""
        if not self.run.is_trusted:
            return {}
        found: dict[UUID, dict[str, Any]] = {}
        for key, filled in bulk_people.fill_many(gaps_of(judged)).items():
            found[key] = {"fields": list(filled.fields), "version": filled.version}
            if filled.address is not None:
                found[key]["address"] = str(filled.address)
                self.counts.addresses_created += 1
        return found

    def _note(
        self,
        group: Group,
        outcome: Outcome,
        customer: UUID | None,
        *,
        reason: str = "",
        changes: dict[str, Any] | None = None,
        following: Outcome = Outcome.DUPLICATE,
    ) -> None:
        """The outcome of the group's rows; what was done to the customer stands with the first."""
        # The cells of an erased person are not kept a second time.
        is_kept = outcome in (Outcome.CONFLICT, Outcome.REJECTED) and reason != ERASED
        for at, row in enumerate(group.rows):
            each = following if at else outcome
            self.rows.append(
                ImportRow(
                    run=self.run,
                    line=row.line,
                    outcome=each,
                    reason=reason[:40],
                    customer_uuid=customer,
                    content=self.cells_of(row.line) if is_kept else [],
                    changes=changes if changes and not at else {},
                )
            )
            setattr(self.counts, each.value, getattr(self.counts, each.value) + 1)

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
        made = [
            RecordLink(
                source_type=self.run.source_type,
                source_id=key,
                customer_id=customer,
                method=method[:48],
                evidence=self.rules.evidence,
                confidence=confidence,
                came_by=came_by,
                linked_at=clock.now(),
            )
            for key in dict.fromkeys(row.key for row in group.rows)
            if key not in self.links
        ]
        self._links += made
        return [str(each.pk) for each in made]

    def _count_made(self, people: Sequence[NewPerson]) -> None:
        self.counts.customers_created += len(people)
        self.counts.contacts_created += sum(len(each.contacts) for each in people)
        self.counts.addresses_created += sum(bool(each.address) for each in people)

    def _suspect(self, new: Sequence[Judged]) -> None:
        """Tell whom the new ones may be the same as: known ones, and earlier ones of the file."""
        by_line: dict[int, UUID] = self._customers_of_lines(
            {other for group, _verdict, _claims in new for other, _ in group.neighbours}
        )
        for group, verdict, claims in new:
            customer = by_line[group.first]
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

    def _customers_of_lines(self, earlier: set[int]) -> dict[int, UUID]:
        """Whose rows of this batch, and of these earlier lines, are."""
        found = {
            row.line: row.customer_uuid
            for row in self.rows
            if row.customer_uuid and row.outcome != Outcome.CONFLICT
        }
        rows = ImportRow.objects.filter(run=self.run, line__in=earlier - found.keys())
        settled = rows.exclude(outcome__in=(Outcome.CONFLICT, Outcome.REJECTED))
        named = settled.values_list("line", "customer_uuid")
        return found | {line: customer for line, customer in named if customer is not None}


def _person(group: Group, rules: Rules, run: ImportRun) -> NewPerson:
    rows = group.rows
    first_name, last_name = fullest_name(rows)
    number, kind, country = _first(rows, "document") if rules.evidence == "A" else ("", "", "")
    born = _first(rows, "birth_date")
    return NewPerson(
        columns={
            "first_name": first_name,
            "last_name": last_name,
            "customer_type": rows[0].customer_type,
            "document": number,
            "document_kind": kind,
            "document_country": country,
            "birth_date": dt.date.fromisoformat(born) if born else None,
            "notes": _first(rows, "notes"),
            "locale": _first(rows, "locale"),
            "source": _first(rows, "source") or run.source_type,
        },
        contacts=[_contact(each, group) for each in contacts_of(rows)],
        address=_address(rows),
        group_code=_first(rows, "group") or None,
        evidence=rules.evidence,  # type: ignore[arg-type]  # a file proves nothing: A or U
    )


def _contact(each: Contact, group: Group) -> NewContact:
    form = ContactForm(
        kind=each.family,
        family=each.family,
        value=each.value,
        canonical=each.key,
        match_key=each.key,
        variant_key=each.variant,
    )
    is_shared = each.is_shared or f"{each.family}\n{each.key}" in group.shared
    return NewContact(form=form, is_shared=is_shared)


def gaps_of(judged: Iterable[Judged]) -> list[Gaps]:
    """What the rows of known customers say of them; of two groups of one customer the first."""
    found: dict[UUID, Gaps] = {}
    for group, verdict, _claims in judged:
        if verdict.kind in ("same", "match") and verdict.customer is not None:
            found.setdefault(verdict.customer, _gaps(group, verdict.customer))
    return list(found.values())


def _gaps(group: Group, customer: UUID) -> Gaps:
    rows = group.rows
    first_name, last_name = fullest_name(rows)
    born = _first(rows, "birth_date")
    return Gaps(
        customer=customer,
        columns={
            "first_name": first_name,
            "last_name": last_name,
            "birth_date": dt.date.fromisoformat(born) if born else None,
            "notes": _first(rows, "notes"),
            "locale": _first(rows, "locale"),
        },
        address=_address(rows),
    )


def _address(rows: Sequence[Row]) -> dict[str, Any]:
    return dict(_first(rows, "address") or ())


def _first(rows: Iterable[Row], name: str) -> Any:
    """The first value that the rows have for a field, empty when none has."""
    values = [getattr(row, name) for row in rows]
    return next((each for each in values if each and any(each)), values[0])


def _typed(
    claim: Claim, customer: UUID, group: Group, source: str, *, is_pending: bool = False
) -> CustomerIdentifier:
    """An identifier that was only said of a customer."""
    contact = next(
        (each for each in contacts_of(group.rows) if (each.family, each.key) == claim.at), None
    )
    return identity.of_claim(
        customer,
        claim,
        variant_key=contact.variant if contact else "",
        is_pending=is_pending,
        source=source,
    )


def _masked(claims: Iterable[Claim]) -> dict[str, str]:
    """Without the keys that the file's system gives its rows."""
    return identity.masked_claims(each for each in claims if not each.is_exclusive)
