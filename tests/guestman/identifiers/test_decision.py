"""The decision table, row by row, and what holds for any stream of claims."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from guestman.contrib.identifiers.rules.choosing import Policy
from guestman.contrib.identifiers.rules.claims import Claim, Hit, Owner
from guestman.contrib.identifiers.rules.decision import NothingUsable, decide
from guestman.contrib.identifiers.rules.outcome import Decision
from tests.guestman.identifiers.memory import Memory

ANA, BIA, CAIO = (UUID(int=number) for number in (1, 2, 3))
NAMES = {ANA: "Ana Souza", BIA: "Beatriz Lima", CAIO: "Caio Prado"}
PLAIN = Policy()


def claim(family: str, evidence: str, **facts: object) -> Claim:
    return Claim(family=family, key=family, evidence=evidence, **facts)  # type: ignore[arg-type]


def hit(family: str, customer: UUID, evidence: str, **facts: object) -> Hit:
    owner = Owner(customer=customer, name=NAMES[customer])
    return Hit(at=(family, family), owner=owner, evidence=evidence, **facts)  # type: ignore[arg-type]


def uid(evidence: str) -> Claim:
    return claim("provider:google", evidence, is_exclusive=True)


CROWD = [
    Hit(at=("phone", "phone"), owner=Owner(customer=UUID(int=number)), evidence="U")
    for number in range(1, 5)
]

NEIGHBOURS = [
    Hit(at=("phone", "phone"), owner=Owner(customer=key, name=name), evidence="U")
    for key, name in NAMES.items()
]

TABLE = [
    # row, outcome, customer, claims, hits, name
    (2, "match", ANA, [uid("V")], [hit("provider:google", ANA, "V")], ""),
    (2, "match", ANA, [uid("V"), claim("email", "U")],
     [hit("provider:google", ANA, "V"), hit("email", BIA, "V")], ""),
    (2, "link", ANA, [uid("U")], [hit("provider:google", ANA, "V")], "Ana S."),
    (6, "create", None, [uid("U")], [hit("provider:google", ANA, "V")], "Roberto Dias"),
    (4, "match", ANA, [claim("phone", "V")], [hit("phone", ANA, "V")], ""),
    (4, "match", ANA, [claim("phone", "A")], [hit("phone", ANA, "V")], "Other Person"),
    (5, "link", ANA, [claim("email", "U")], [hit("email", ANA, "V")], ""),
    (5, "link", ANA, [claim("email", "U")], [hit("email", ANA, "U")], "Ana S."),
    (5, "match", ANA, [claim("email", "A")], [hit("email", ANA, "A")], ""),
    (6, "create", None, [claim("email", "U")], [hit("email", ANA, "V")], "Roberto Dias"),
    (6, "create", None, [claim("phone", "U")], [hit("phone", ANA, "A")], "Roberto Dias"),
    (7, "link", ANA, [claim("email", "U"), claim("phone", "U")],
     [hit("email", BIA, "A"), hit("phone", ANA, "V")], ""),
    (7, "link", BIA, [claim("email", "U"), claim("phone", "U")],
     [hit("email", BIA, "A"), hit("phone", ANA, "A")], ""),
    (7, "match", ANA, [claim("email", "U"), claim("phone", "V")],
     [hit("email", BIA, "V"), hit("phone", ANA, "V")], ""),
    (7, "link", ANA, [claim("phone", "U")], [hit("phone", BIA, "A"), hit("phone", ANA, "A")], ""),
    (9, "match", ANA, [claim("phone", "V")], [hit("phone", ANA, "A")], ""),
    (9, "create", None, [claim("phone", "V")], [hit("phone", ANA, "A")], "Roberto Dias"),
    (9, "create", None, [claim("phone", "V")], [hit("phone", ANA, "U")], ""),
    (9, "create", None, [claim("phone", "V")],
     [hit("phone", ANA, "A"), hit("phone", BIA, "A")], ""),
    (9, "create", None, [claim("phone", "V"), claim("email", "U")], [hit("email", ANA, "V")], ""),
    (10, "create", None, [claim("phone", "V")], [hit("phone", ANA, "V", is_stale=True)],
     "Roberto Dias"),
    (4, "match", ANA, [claim("phone", "V")], [hit("phone", ANA, "V", is_stale=True)], ""),
    (4, "match", ANA, [claim("phone", "V")], [hit("phone", ANA, "V")], "Roberto Dias"),
    (11, "create", None, [claim("phone", "U")], [], ""),
    (11, "create", None, [claim("phone", "V")], [], ""),
    (11, "create", None, [claim("email", "U"), claim("phone", "U", standing="shared")],
     [hit("phone", ANA, "A", is_shared=True)], ""),
    (5, "link", ANA, [claim("phone", "U")], [hit("phone", ANA, "V", is_variant=True)], ""),
    (13, "create", None, [claim("phone", "U")], [hit("phone", ANA, "A", is_variant=True)], ""),
    (13, "create", None, [claim("phone", "U")],
     [hit("phone", ANA, "V", is_variant=True), hit("phone", BIA, "V", is_variant=True)], ""),
    (13, "create", None, [claim("email", "U")], [hit("email", ANA, "V", is_hint=True)], ""),
]  # fmt: skip


@pytest.mark.parametrize(("row", "outcome", "customer", "claims", "hits", "name"), TABLE)
def test_the_table(
    row: int,
    outcome: str,
    customer: UUID | None,
    claims: list[Claim],
    hits: list[Hit],
    name: str,
) -> None:
    for order in itertools.permutations(claims):
        decision = decide(order, reversed(hits), PLAIN, name=name)
        assert (decision.row, decision.outcome, decision.customer) == (row, outcome, customer)
        assert decision == decide(claims, hits, PLAIN, name=name)


def test_what_was_answered_before_is_answered_again() -> None:
    decision = decide([claim("phone", "U")], [hit("phone", BIA, "V")], PLAIN, seen=ANA)
    assert decision == Decision(row=1, outcome="same", customer=ANA)


@pytest.mark.parametrize(
    "claims",
    [
        [claim("phone", "U", standing="junk")],
        [claim("phone", "V", standing="junk")],
        [claim("email", "U", standing="shared")],
        [claim("email", "A", standing="junk"), claim("phone", "U", standing="shared")],
    ],
)
def test_junk_and_shared_values_alone_are_nothing_to_decide(claims: list[Claim]) -> None:
    with pytest.raises(NothingUsable):
        decide(claims, [hit("phone", ANA, "V"), hit("email", ANA, "V")], PLAIN)


def test_a_key_of_more_holders_than_a_family_has_is_shared() -> None:
    with pytest.raises(NothingUsable):
        decide([claim("phone", "U")], CROWD, PLAIN)
    assert decide([claim("phone", "U"), claim("email", "U")], CROWD, PLAIN).row == 11
    # The fourth name is one too many, now as when it is asked again.
    with pytest.raises(NothingUsable):
        decide([claim("phone", "U")], NEIGHBOURS, PLAIN, name="Olaf Berg")
    assert decide([claim("phone", "U")], NEIGHBOURS, PLAIN, name="Caio Prado").customer == CAIO
    # Whoever proves it has it, however many typed it.
    assert decide([claim("phone", "V")], CROWD, PLAIN).verify == (claim("phone", "V"),)


def test_two_owners_lose_nothing_and_gain_nothing() -> None:
    claims = [claim("email", "U"), claim("phone", "V"), claim("document", "A")]
    hits = [hit("email", ANA, "V"), hit("phone", BIA, "V")]
    decision = decide(claims, hits, PLAIN)
    assert (decision.customer, decision.conflicts, decision.suggest) == (BIA, (ANA,), (ANA,))
    assert not decision.verify + decision.attach + decision.pending


def test_between_equals_the_oldest_customer_decides_and_not_the_smaller_number() -> None:
    one, other = (Claim(family="phone", key=key, evidence="U") for key in ("1", "2"))
    old, new = (Owner(customer=UUID(int=number)) for number in (1, 2))
    hits = [
        Hit(at=one.at, owner=new, evidence="A"),
        Hit(at=other.at, owner=old, evidence="A"),
    ]
    assert decide([one, other], hits, PLAIN).customer == old.customer


def test_only_a_proof_attaches_what_the_customer_is_found_by() -> None:
    typed = decide([claim("email", "U"), claim("phone", "U")], [hit("email", ANA, "V")], PLAIN)
    assert (typed.attach, typed.pending) == ((), (claim("phone", "U"),))
    told = decide([claim("email", "A"), claim("phone", "A")], [hit("email", ANA, "V")], PLAIN)
    assert (told.attach, told.pending) == ((), (claim("phone", "A"),))
    proved = decide([claim("email", "V"), claim("phone", "A")], [hit("email", ANA, "V")], PLAIN)
    assert (proved.attach, proved.pending) == ((claim("phone", "A"),), ())
    both = decide([claim("email", "V"), claim("phone", "V")], [hit("email", ANA, "V")], PLAIN)
    assert set(both.verify) == {claim("email", "V"), claim("phone", "V")}


def test_what_another_one_has_is_noted_as_typed() -> None:
    decision = decide([claim("email", "A")], [hit("email", ANA, "A")], PLAIN, name="Roberto Dias")
    assert (decision.row, decision.suggest) == (6, (ANA,))
    assert decision.attach == (claim("email", "U"),)


def test_a_recycled_number_is_taken_from_its_old_holder() -> None:
    hits = [hit("phone", ANA, "V", is_stale=True)]
    decision = decide([claim("phone", "V")], hits, PLAIN, name="Roberto Dias")
    assert (decision.revoke, decision.suggest) == ((ANA,), ())


def test_two_are_merged_only_where_the_shop_wants_it_and_nothing_speaks_against_it() -> None:
    claims = [claim("email", "V"), claim("phone", "V")]
    wanted = Policy(auto_merge=True)

    def found(one: Owner, other: Owner, policy: Policy) -> Decision:
        hits = [
            Hit(at=("email", "email"), owner=one, evidence="V"),
            Hit(at=("phone", "phone"), owner=other, evidence="V"),
        ]
        return decide(claims, hits, policy)

    one, other = Owner(customer=ANA, name="Ana Souza"), Owner(customer=BIA, name="Aninha Souza")
    assert found(one, other, wanted).row == 8
    assert found(one, other, PLAIN).row == 7
    assert found(one, Owner(customer=BIA, name="Roberto Dias"), wanted).row == 7


# Random streams

FAMILIES = ("email", "phone", "document", "provider:google")
PEOPLE = ("", "Ana Souza", "Aninha Souza", "Roberto Dias", "Beatriz Lima", "Kim Oh")
LEVELS = "UUUUAAV"
STANDINGS = ("usable", "usable", "usable", "usable", "shared", "junk")

Step = tuple[list[Claim], str]


def steps(code: bytes) -> Iterator[Step]:
    """A stream out of bytes, four a step, so that Hypothesis is quick and shrinks well."""
    for one, two, three, four in zip(*[iter(code)] * 4, strict=False):
        claims = [
            Claim(
                family=family,
                key=f"{family}{(two >> shift) & 1}",
                evidence=LEVELS[(three + shift * four) % len(LEVELS)],  # type: ignore[arg-type]
                standing=STANDINGS[(four >> shift) % len(STANDINGS)],  # type: ignore[arg-type]
                is_exclusive=family.startswith("provider"),
            )
            for shift, family in enumerate(FAMILIES)
            if one >> shift & 1
        ]
        if claims:
            yield claims, PEOPLE[(one >> 4) % len(PEOPLE)]


STREAMS = st.binary(min_size=4, max_size=32)


@settings(max_examples=10_000, deadline=None)
@given(STREAMS)
@example(bytes([0x13, 0, 0, 0, 0x43, 0, 0, 0]))
@example(b"q\x00\x04\x00\xe9\x00\x00\x87\xbd\x00\x8e\x02" + bytes(12) + b"1\x00\x00\x00")
def test_whatever_is_claimed(code: bytes) -> None:
    memory = Memory()
    for claims, name in steps(code):
        before, doors = dict(memory.keys), memory.verified_keys()
        decision = memory.resolve(claims, name)
        check(memory, before, doors, claims, decision)
        # The same again: the same customer, nothing new.
        first = decision and (decision.customer or max(memory.owners))
        settled = dict(memory.keys), len(memory.owners)
        shuffled = random.Random(len(code)).sample(claims, len(claims))
        assert memory.answer(shuffled, name) == first
        assert (dict(memory.keys), len(memory.owners)) == settled


def check(
    memory: Memory,
    before: dict[tuple[UUID, tuple[str, str]], str],
    doors: dict[tuple[str, str], UUID],
    claims: Sequence[Claim],
    decision: Decision | None,
) -> None:
    """What must hold after one step."""
    proved = {each.at for each in claims if each.evidence == "V" and each.standing != "junk"}
    if decision is None:
        assert memory.keys == before
        return
    # Nobody verified by anything but a proof; nobody reached by another's key.
    opened = {at: owner for at, owner in memory.verified_keys().items() if doors.get(at) != owner}
    assert opened.keys() <= proved
    # A key has one owner who proved it.
    owners = [at for (_, at), level in memory.keys.items() if level == "V"]
    assert len(owners) == len(set(owners))
    # Nothing leaves anybody but what another one proves.
    assert {at for _, at in before.keys() - memory.keys.keys()} <= proved
    # Junk is kept by nobody.
    junk = {each.at for each in claims if each.standing == "junk"}
    assert not junk & {at for _, at in memory.keys.keys() - before.keys()}
    if decision.row == 7:
        assert memory.keys == before
        assert len({decision.customer, *decision.conflicts}) == 1 + len(decision.conflicts) > 1
    if not proved:
        assert memory.verified_keys() == doors


@settings(max_examples=500, deadline=None)
@given(STREAMS, st.sampled_from(FAMILIES))
def test_junk_changes_nothing(code: bytes, family: str) -> None:
    memory = Memory()
    for claims, name in steps(code):
        junk = Claim(family=family, key="junk", evidence="A", standing="junk")
        with_junk = _decided(memory, [*claims, junk], name)
        assert with_junk == _decided(memory, claims, name)
        memory.resolve(claims, name)


def _decided(memory: Memory, claims: list[Claim], name: str) -> object:
    try:
        found = decide(claims, memory.hits(claims), memory.policy, name=name)
    except NothingUsable:
        return None
    return found.row, found.customer, found.verify, found.attach, found.pending
