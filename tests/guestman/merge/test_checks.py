"""A reference to a customer that merges do not know of fails ``manage.py check``."""

from __future__ import annotations

import pytest
from django.db import models

from guestman.contrib.merge import checks
from guestman.models import Customer
from guestman.services import merging
from shopman.models import TenantModel
from shopman.subjects import Belonging
from tests.guestman.merge.ledger import LedgerEntry


class Forgotten(TenantModel):
    """Nobody said what becomes of it."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    customer_uuid = models.UUIDField()
    friends = models.ManyToManyField(Customer, related_name="+")

    class Meta:
        app_label = "ledger"


def test_the_suite_has_a_rule_for_every_reference() -> None:
    assert checks.references_have_rules(None) == []


def test_a_model_without_a_rule_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks.apps, "get_models", lambda: [Forgotten, LedgerEntry])
    found = checks.references_have_rules(None)
    assert [each.id for each in found] == [f"guestman_merge.E00{number}" for number in (1, 2, 3)]
    assert all("Forgotten" in each.msg for each in found)


def test_a_rule_settles_it(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = Belonging(model=Forgotten)
    monkeypatch.setattr(checks.apps, "get_models", lambda: [Forgotten])
    merging.register(rule)
    try:
        found = checks.references_have_rules(None)
    finally:
        merging.unregister(rule)
    assert "guestman_merge.E001" not in {each.id for each in found}
