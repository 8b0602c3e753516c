"""What staff decide about a pair, what merges do to it, what others suspect, and who remembers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import transaction

from guestman.contrib.duplicates.errors import DifferentPeople, PairMerged, PairNotFound
from guestman.contrib.duplicates.models import DuplicatePair, PairDecision
from guestman.contrib.duplicates.services import decisions, marks, words
from guestman.models import Customer
from guestman.services import contact_point, customer, merging, suspicion
from shopman import actor
from shopman.models import AuditEntry
from tests.guestman.factories import CustomerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

BORN = dt.date(1980, 5, 17)


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cache.clear()


@pytest.fixture
def pair(in_tenant: Any) -> DuplicatePair:
    customer.create(first_name="Ana", last_name="Souza", birth_date=BORN)
    customer.create(first_name="Anna", last_name="Sousa", birth_date=BORN)
    marks.compare_changed()
    return DuplicatePair.objects.select_related("low", "high").get()


def test_different_people_is_remembered_with_who_said_so(pair: DuplicatePair) -> None:
    with actor.use(actor.Actor(kind="user", id="7", label="bea")):
        decisions.different(pair.pk, reason=" mother and daughter ")
        decisions.different(pair.pk)
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by, pair.reason) == (
        "different",
        "user:7",
        "mother and daughter",
    )
    [decision] = PairDecision.objects.all()
    assert (decision.from_state, decision.to_state, decision.actor) == (
        "open",
        "different",
        "user:7",
    )
    subjects = AuditEntry.objects.filter(action="pair.different").values_list("subject", flat=True)
    assert set(subjects) == {pair.low.subject, pair.high.subject}


def test_it_holds_while_they_have_no_more_in_common(pair: DuplicatePair) -> None:
    decisions.different(pair.pk)
    customer.update(pair.low.code, notes="x", birth_date=dt.date(1980, 5, 18))
    contact_point.add(customer=pair.low, kind="phone", value="+5511987654321")
    tally = marks.compare_changed()
    pair.refresh_from_db()
    assert (pair.state, tally["reopened"]) == ("different", 0)


def test_something_new_in_common_opens_it_again(pair: DuplicatePair) -> None:
    decisions.different(pair.pk)
    for each in (pair.low, pair.high):
        contact_point.add(customer=each, kind="email", value="ana.souza@loja.com.br")
    assert marks.compare_changed()["reopened"] == 1
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == ("open", "")
    assert list(PairDecision.objects.order_by("at", "uuid").values_list("to_state", flat=True)) == [
        "different",
        "open",
    ]


def test_a_second_shared_contact_is_something_new() -> None:
    rows = [customer.create(first_name="Ana", last_name="Souza") for _ in range(2)]
    for each in rows:
        contact_point.add(customer=each, kind="phone", value="+5511987654321")
    marks.compare_changed()
    pair = DuplicatePair.objects.get()
    decisions.different(pair.pk)
    for each in rows:
        contact_point.add(customer=each, kind="phone", value="+5511987654322")
    assert marks.compare_changed()["reopened"] == 1


def test_it_can_be_taken_back(pair: DuplicatePair) -> None:
    decisions.different(pair.pk, reason="typed in haste")
    decisions.reopen(pair.pk, reason="they are one")
    pair.refresh_from_db()
    assert (pair.state, pair.decided_at, pair.reason) == ("open", None, "")
    assert PairDecision.objects.count() == 2


def test_an_unknown_pair_and_a_merged_one_are_refused(pair: DuplicatePair) -> None:
    with pytest.raises(PairNotFound):
        decisions.different(uuid4())
    merged(pair)
    for decide in (decisions.different, decisions.reopen):
        with pytest.raises(PairMerged):
            decide(pair.pk)


def merged(pair: DuplicatePair) -> None:
    decisions.on_merge(survivor=pair.low, duplicate=pair.high, merge=None)


def test_a_merge_closes_the_pair_and_its_undo_protects_it(pair: DuplicatePair) -> None:
    merged(pair)
    pair.refresh_from_db()
    assert pair.state == "merged"
    decisions.on_unmerge(survivor=pair.low, duplicate=pair.high, merge=None)
    pair.refresh_from_db()
    assert pair.state == "different"
    assert isinstance(merging.objection(pair.low, pair.high), DifferentPeople)


def test_an_undone_merge_of_people_never_compared_protects_them() -> None:
    one, other = CustomerFactory(), CustomerFactory()
    decisions.on_unmerge(survivor=other, duplicate=one, merge=None)
    pair = DuplicatePair.objects.get()
    assert (pair.state, pair.source) == ("different", "unmerge")
    marks.compare_changed()
    pair.refresh_from_db()
    assert pair.state == "different"


def test_different_people_are_not_merged_through_a_third_record(pair: DuplicatePair) -> None:
    assert merging.objection(pair.low, pair.high) is None
    decisions.different(pair.pk)
    third = CustomerFactory()
    assert merging.objection(third, pair.high) is None
    Customer.objects.filter(pk=pair.low_id).update(merged_into=third.pk)
    assert isinstance(merging.objection(third, pair.high), DifferentPeople)
    assert isinstance(merging.objection(pair.high, third), DifferentPeople)


def test_nobody_is_suggested_who_is_different_from_somebody_merged_into_the_other(
    pair: DuplicatePair,
) -> None:
    third = customer.create(first_name="Ana", last_name="Souza", birth_date=BORN)
    marks.compare_changed()
    assert DuplicatePair.objects.waiting().of(third.pk).count() == 2
    decisions.different(pair.pk)
    Customer.objects.filter(pk=pair.low_id).update(merged_into=third.pk)
    marks.mark([third.pk, pair.low_id])
    marks.compare_changed()
    assert not DuplicatePair.objects.waiting().exists()
    # Taken apart again, the two others are suggested as before.
    Customer.objects.filter(pk=pair.low_id).update(merged_into=None)
    marks.mark([third.pk, pair.low_id])
    marks.compare_changed()
    assert DuplicatePair.objects.waiting().of(third.pk).count() == 2


def test_a_suspicion_is_kept_though_nothing_else_is_alike() -> None:
    one, other = (
        customer.create(first_name="Ana", last_name="Souza"),
        customer.create(first_name="Otto", last_name="Krull"),
    )
    suspicion.suggest(other.pk, one.pk, reason="same_phone")
    suspicion.suggest(one.pk, other.pk, reason="same_phone")
    marks.compare_changed()
    pair = DuplicatePair.objects.get()
    assert (pair.state, pair.band, pair.source) == ("open", "possible", "suspicion")
    assert "suspicion:same_phone" in pair.shared
    suspicion.suggest(
        one.pk,
        other.pk,
        reason="proved_by_another",
        evidence={"claims": {"phone": "+55•••••••8888"}},
    )
    pair.refresh_from_db()
    assert words.sentences(pair.evidence, pair.suspicions) == [
        "One proved to have what the other was said to have: +55•••••••8888",
        "A phone of one was given for the other",
    ]


def test_whoever_suspects_waits_for_no_comparison_and_it_is_made_later(
    django_assert_max_num_queries: Any,
) -> None:
    one = customer.create(first_name="Ana", last_name="Souza", birth_date=BORN)
    other = customer.create(first_name="Anna", last_name="Sousa", birth_date=BORN)
    with django_assert_max_num_queries(8):
        suspicion.suggest(one.pk, other.pk, reason="same_phone")
    assert DuplicatePair.objects.get().evidence == []
    marks.compare_changed()
    pair = DuplicatePair.objects.get()
    assert (pair.band, pair.source) == ("likely", "suspicion")
    assert {"birth_date", "suspicion:same_phone"} <= pair.shared.keys()


def test_who_is_called_different_before_they_are_compared_stays_so() -> None:
    one = customer.create(first_name="Ana", last_name="Souza", birth_date=BORN)
    other = customer.create(first_name="Anna", last_name="Sousa", birth_date=BORN)
    suspicion.suggest(one.pk, other.pk, reason="same_phone")
    decisions.different(DuplicatePair.objects.get().pk)
    marks.compare_changed()
    assert DuplicatePair.objects.get().state == "different"


def test_a_new_reason_opens_what_was_decided_and_an_old_one_does_not(pair: DuplicatePair) -> None:
    suspicion.suggest(pair.low_id, pair.high_id, reason="same_phone")
    decisions.different(pair.pk)
    suspicion.suggest(pair.low_id, pair.high_id, reason="same_phone")
    marks.compare_changed()
    pair.refresh_from_db()
    assert pair.state == "different"
    suspicion.suggest(pair.low_id, pair.high_id, reason="same_email")
    pair.refresh_from_db()
    assert pair.state == "open"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_decide_at_once_leave_one_decision(
    pair: DuplicatePair, race: Callable[..., Any]
) -> None:
    outcomes = race(*[lambda: decisions.different(pair.pk, reason="seen")] * 4)
    assert [each.error for each in outcomes] == [None] * 4
    assert PairDecision.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_comparisons_at_once_store_a_pair_once(
    pair: DuplicatePair, race: Callable[..., Any]
) -> None:
    keys = [pair.low_id, pair.high_id]
    DuplicatePair.objects.all().delete()
    marks.mark(keys)
    outcomes = race(*[marks.compare_changed] * 4)
    assert [each.error for each in outcomes] == [None] * 4
    assert sum(each.value["new"] for each in outcomes) == DuplicatePair.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_suspicion_and_a_comparison_at_once_keep_one_pair_with_both(
    pair: DuplicatePair, race: Callable[..., Any]
) -> None:
    keys = [pair.low_id, pair.high_id]
    for _ in range(5):
        DuplicatePair.objects.all().delete()
        marks.mark(keys)

        def suspect() -> None:
            with transaction.atomic():
                suspicion.suggest(*keys, reason="same_phone")

        outcomes = race(suspect, marks.compare_changed, suspect, marks.compare_changed)
        assert [each.error for each in outcomes] == [None] * 4
        marks.compare_changed()
        found = DuplicatePair.objects.get()
        assert (found.score, found.source) == (pair.score, "suspicion")
        assert found.shared == {**pair.shared, "suspicion:same_phone": 0}
