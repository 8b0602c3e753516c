"""What takes part in merges: rules, objections, and what apps keep by a customer's uuid."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from guestman.models import ContactPoint, CustomerAddress
from guestman.services import merging
from shopman import subjects
from shopman.subjects import Belonging, Subject


def test_core_registers_what_refers_to_a_customer() -> None:
    rules = {(each.label, each.column): each.on_merge for each in merging.belongings()}
    assert rules["guestman.contactpoint", "customer"] == "move"
    assert rules["guestman.externalidentity", "customer"] == "move"
    assert rules["guestman.customeraddress", "customer"] == "move"
    assert rules["guestman.customer", "merged_into"] == "stay"


def test_one_reference_has_one_rule() -> None:
    merging.register_core()
    with pytest.raises(ImproperlyConfigured):
        merging.register(Belonging(model=CustomerAddress, on_merge="stay"))


def test_what_an_app_keeps_is_said_once() -> None:
    entry = Subject(key="tests.contacts", models=(ContactPoint,))
    subjects.register(entry)
    try:
        subjects.register(entry)
        assert entry in subjects.registered()
        with pytest.raises(ImproperlyConfigured):
            subjects.register(Subject(key="tests.contacts", models=()))
    finally:
        subjects.unregister("tests.contacts")
