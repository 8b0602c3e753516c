from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import re
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omniman.errors import InvalidQuantity
from omniman.protocols.pricing import PricedLine
from omniman.rules import refs, snapshot, totals
from omniman.rules.status import TRANSITIONS, Kind, Status, may_become
from shopman.canonical import canonical, digest
from tests.omniman.neighbours import ann

numbers = st.integers(min_value=0, max_value=refs.SPACE - 1)


class TestReferences:
    def test_no_two_characters_look_alike(self) -> None:
        assert len(set(refs.ALPHABET)) == 23
        for pair in ("0O", "0Q", "0D", "1I", "1L", "2Z", "5S", "6G", "8B", "UV"):
            assert sum(character in refs.ALPHABET for character in pair) <= 1

    @given(numbers)
    def test_every_reference_is_valid_and_short(self, number: int) -> None:
        ref = refs.make(number)
        assert len(ref) == 10
        assert refs.is_valid(ref)

    @given(numbers, st.integers(0, 9), st.sampled_from(refs.ALPHABET))
    def test_one_wrong_character_is_noticed(self, number: int, at: int, wrong: str) -> None:
        ref = refs.make(number)
        changed = ref[:at] + wrong + ref[at + 1 :]
        assert refs.is_valid(changed) is (changed == ref)

    @given(numbers, st.integers(0, 9), st.integers(0, 9))
    def test_two_swapped_characters_are_noticed(self, number: int, one: int, two: int) -> None:
        ref = refs.make(number)
        swapped = list(ref)
        swapped[one], swapped[two] = swapped[two], swapped[one]
        changed = "".join(swapped)
        assert refs.is_valid(changed) is (changed == ref)

    @given(numbers)
    def test_what_a_person_types_is_understood(self, number: int) -> None:
        ref = refs.make(number)
        typed = f" {ref[:5]}-{ref[5:]} ".lower().replace("2", "z").replace("5", "s")
        assert refs.normalise(typed) == ref

    @pytest.mark.parametrize("text", ["", "2222", "222222222O", "22222222222"])
    def test_other_text_is_no_reference(self, text: str) -> None:
        assert not refs.is_valid(text)

    def test_numbers_out_of_range_are_refused(self) -> None:
        for number in (-1, refs.SPACE):
            with pytest.raises(ValueError, match="not below"):
                refs.make(number)


class TestCanonicalJSON:
    def test_is_sorted_compact_utf8(self) -> None:
        assert canonical({"b": [1, None], "a": "é"}) == '{"a":"é","b":[1,null]}'.encode()

    def test_the_digest_is_its_sha256(self) -> None:
        expected = hashlib.sha256(b'{"a":1}').hexdigest()
        assert digest({"a": 1}) == expected

    def test_the_order_of_keys_does_not_matter(self) -> None:
        assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
        assert digest({"a": 1}) != digest({"a": "1"})

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800"])
    def test_what_json_cannot_say_is_refused(self, value: object) -> None:
        with pytest.raises(ValueError, match=r"."):
            canonical([value])


class TestStatus:
    def test_every_status_has_its_successors(self) -> None:
        assert set(TRANSITIONS) == set(Status)

    def test_the_whole_life_of_an_order_is_allowed(self) -> None:
        life = "placed confirmed preparing ready dispatched delivered completed returned".split()
        assert all(may_become(now, then) for now, then in itertools.pairwise(life))

    @pytest.mark.parametrize("status", ["placed", "confirmed", "preparing", "ready"])
    def test_cancelling_ends_before_dispatch(self, status: str) -> None:
        assert may_become(status, "cancelled")
        assert not may_become(status, "returned")

    @pytest.mark.parametrize("status", ["dispatched", "delivered", "completed"])
    def test_returning_begins_after_dispatch(self, status: str) -> None:
        assert may_become(status, "returned")
        assert not may_become(status, "cancelled")

    @pytest.mark.parametrize("status", Status)
    def test_nothing_becomes_itself_or_the_unknown(self, status: Status) -> None:
        assert not may_become(status, status)
        assert not may_become(status, "lost")

    def test_a_return_stays_as_it_is(self) -> None:
        assert not may_become("placed", "confirmed", kind=Kind.RETURN)


def line(**facts: object) -> PricedLine:
    known: dict[str, object] = {
        "sku": "TEA",
        "name": "Tea",
        "quantity": Decimal("1.500"),
        "unit_price_amount": 333,
        "total_amount": 450,
        "currency": "BRL",
        "price_list_code": "VIP",
        "rule": "tier",
        "explain": {"tier": Decimal("1.5")},
    }
    return PricedLine(**(known | facts))  # type: ignore[arg-type]


class TestTotals:
    @pytest.mark.parametrize("value", [1, "0.001", "999999999.999", Decimal("2.500")])
    def test_takes_quantities_of_three_places(self, value: str) -> None:
        assert totals.quantity(value) == Decimal(value)

    @pytest.mark.parametrize("value", [0, -1, "0.0001", "NaN", "Infinity", "1e12", "two"])
    def test_refuses_other_quantities(self, value: str) -> None:
        with pytest.raises(InvalidQuantity):
            totals.quantity(value)

    def test_a_discount_is_what_the_total_lacks(self) -> None:
        # 333 × 1.5 is 499.5, half-even 500.
        assert totals.discount(line()) == 50

    def test_totals_add_up(self) -> None:
        found = totals.total([line(), line(total_amount=500)])
        assert found == totals.Totals(subtotal_amount=1000, discount_amount=50, total_amount=950)


class TestSnapshot:
    KEYS = (
        "schema schema_version customer delivery_address billing_address lines totals channel "
        "placed_at"
    ).split()

    def test_has_exactly_the_agreed_keys(self) -> None:
        uuid = UUID(int=7)
        built = snapshot.build(
            customer=snapshot.known(ann(uuid)),
            lines=[line()],
            currency="BRL",
            channel_code="web",
            channel_name="Web",
            placed_at=dt.datetime(2026, 1, 2, 3, tzinfo=dt.timezone(dt.timedelta(hours=-3))),
            delivery_address={"street": "Rua A"},
        )
        assert list(built) == self.KEYS
        assert (built["schema"], built["schema_version"]) == ("shopman.order", 1)
        assert built["placed_at"] == "2026-01-02T06:00:00+00:00"
        customer = "uuid code name phone email document group contact_points".split()
        assert list(built["customer"]) == customer
        assert built["customer"]["uuid"] == str(uuid)
        assert built["lines"][0]["quantity"] == "1.5"
        assert built["lines"][0]["explain"] == {"tier": "1.5"}
        assert re.fullmatch("[0-9a-f]{64}", digest(built))

    def test_a_guest_has_no_uuid_and_no_code(self) -> None:
        guest = snapshot.guest(name="Bo", email="bo@example.com")
        assert guest.keys() == snapshot.known(ann(UUID(int=7))).keys()
        assert guest["uuid"] is guest["code"] is guest["group"] is None
        assert [point["kind"] for point in guest["contact_points"]] == ["email"]
