"""Short cuts of the judgement say what the whole table says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from guestman.contrib.identifiers.rules.choosing import Policy
from guestman.contrib.identifiers.rules.claims import Claim, Owner
from guestman.contrib.identifiers.rules.decision import NothingUsable, decide
from guestman.contrib.imports.rules.judgement import Group, Rules, came_before, claims_of, judge
from guestman.contrib.imports.rules.rows import Contact, Row
from shopman.keys import uuid7

RULES = Rules(policy=Policy(), evidence="U", source_type="import:old", max_per_family=5)

contacts = st.builds(
    Contact,
    family=st.sampled_from(["phone", "email"]),
    value=st.just("as given"),
    key=st.sampled_from(["+5511987654321", "+5511987654322", "a@loja.com.br", "b@loja.com.br"]),
    variant=st.just(""),
    is_shared=st.booleans(),
)
documents = st.sampled_from([("", "", ""), ("52998224725", "cpf", "BR")])


@st.composite
def rows(draw: st.DrawFn) -> Row:
    has_own_key = draw(st.booleans())
    found = draw(st.lists(contacts, max_size=3, unique_by=lambda each: (each.family, each.key)))
    return Row(
        line=2,
        key="1",
        has_own_key=has_own_key,
        first_name=draw(st.sampled_from(["", "Ana"])),
        last_name="",
        customer_type="person",
        document=draw(documents),
        contacts=tuple(found),
        birth_date="",
        group="",
        notes="",
        source="",
        locale="",
        address=(),
    )


def by_the_table(claims: list[Claim], name: str) -> str:
    try:
        decision = decide(claims, [], RULES.policy, name=name)
    except NothingUsable:
        return "reject"
    return "create" if decision.customer is None and not decision.suggest else "match"


@given(rows(), st.booleans())
def test_whoever_nobody_knows_is_judged_as_by_the_table(row: Row, is_shared: bool) -> None:
    shared = {f"{each.family}\n{each.key}" for each in row.contacts[:1] if is_shared}
    group = Group(rows=[row], shared=shared)
    claims = claims_of(group, RULES)
    assert judge(group, claims, [], {}, RULES).kind == by_the_table(claims, row.name)


@given(rows(), rows())
def test_rows_came_before_when_all_of_them_did_as_one_customers(one: Row, other: Row) -> None:
    group = Group(rows=[one, other._replace(line=3, key="2")])
    ana, bia = Owner(customer=uuid7()), Owner(customer=uuid7())
    assert came_before(group, {"1": ana, "2": ana})
    assert judge(group, claims_of(group, RULES), [], {"1": ana, "2": ana}, RULES).kind == "same"
    assert not came_before(group, {"1": ana})
    assert not came_before(group, {"1": ana, "2": bia})
