"""Every model with personal columns says how they are told and erased, and how long kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import models
from django.test.utils import isolate_apps

from doorman.models import AuthEvent
from doorman.services import auth_event
from guestman.contrib.identifiers.models import RecordLink
from guestman.contrib.identifiers.service import IdentifierService
from guestman.contrib.privacy import checks
from guestman.contrib.privacy.service import erase, retention, suppression
from guestman.errors import ContactErased
from guestman.models import ContactPoint, Customer
from guestman.services import contact_point, customer
from guestman.services.suppression import erased as erased_values
from guestman.services.suppression import erased_among
from omniman import tasks
from omniman.models import Order
from shopman import clock, subjects, tenancy
from shopman.canonical import digest
from shopman.models import AuditEntry, Tenant
from shopman.person import ERASED, Person
from tests.conftest import ROOT
from tests.privacy import someone


class TestTheCheck:
    def test_finds_nothing_amiss(self) -> None:
        assert checks.models_say_what_is_personal(None) == []

    @pytest.mark.parametrize(
        "make",
        [
            lambda: models.CharField(max_length=20, name="guest_phone"),
            lambda: models.TextField(name="remarks"),
            lambda: models.JSONField(name="data"),
            lambda: models.ForeignKey(Customer, models.CASCADE, name="owner", related_name="+"),
            lambda: models.ManyToManyField(Customer, name="guests", related_name="+"),
            lambda: models.CharField(max_length=20, name="whatsapp"),
            lambda: models.CharField(max_length=11, name="cpf"),
            lambda: models.DateField(name="nascimento"),
            lambda: models.CharField(max_length=80, name="nome"),
            lambda: models.CharField(max_length=80, name="phonenumber"),
            lambda: models.UUIDField(name="client_uuid"),
            lambda: models.EmailField(name="reply_to"),
            lambda: models.GenericIPAddressField(name="origin"),
            lambda: models.FileField(name="photo"),
        ],
        ids=[
            "a name that speaks of people",
            "free text",
            "free JSON",
            "a customer",
            "customers",
            "an app",
            "a document",
            "a birthday",
            "a name",
            "one word",
            "a key",
            "an e-mail",
            "an address of the network",
            "a file",
        ],
    )
    def test_finds_a_model_without_an_entry(
        self, make: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        column = make()
        with isolate_apps("django.contrib.contenttypes"):
            kind = type(
                "Visit",
                (models.Model,),
                {"__module__": __name__, "Meta": type("Meta", (), {"app_label": "contenttypes"}),
                 column.name: column},
            )  # fmt: skip
        monkeypatch.setattr(checks.apps, "get_models", lambda: [kind])
        (found,) = checks.models_say_what_is_personal(None)
        assert found.id == "guestman_privacy.E001"
        assert column.name in found.msg

    @pytest.mark.parametrize(
        "column",
        [
            models.IntegerField(name="line_count"), models.CharField(max_length=9, name="sku"),
            models.DateTimeField(name="created_at"), models.BooleanField(name="is_mailing"),
            models.CharField(max_length=3, name="currency"),
        ],
        ids=lambda column: column.name,
    )  # fmt: skip
    def test_leaves_other_columns_alone(self, column: Any) -> None:
        assert not checks._looks_personal(column)

    def test_wants_to_know_how_long_everything_is_kept(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert checks.everything_is_kept_for_a_time(None) == []
        first, *others = subjects.personal()
        forgetful = replace(first, expiry=None, kept="")
        monkeypatch.setattr(checks.subjects, "personal", lambda: [forgetful, *others])
        (found,) = checks.everything_is_kept_for_a_time(None)
        assert (found.id, first.key in found.msg) == ("guestman_privacy.E005", True)

    def test_every_entry_names_columns_there_are(self) -> None:
        for entry in subjects.personal():
            known = {field.name for field in entry.model._meta.get_fields()}
            assert set(entry.columns) <= known, entry.key

    def test_keys_are_unique(self) -> None:
        keys = [entry.key for entry in subjects.personal()]
        assert len(keys) == len(set(keys))

    def test_refuses_retention_of_what_has_none(self, settings: Any) -> None:
        settings.SHOPMAN = {**settings.SHOPMAN, "RETENTION_DAYS": {"guestman.contact": 5}}
        assert [each.id for each in checks.settings_make_sense(None)] == ["guestman_privacy.E002"]

    def test_wants_keys(self, settings: Any) -> None:
        settings.GUESTMAN = {**settings.GUESTMAN, "SUPPRESSION_KEYS": []}
        assert "guestman_privacy.E004" in [each.id for each in checks.settings_make_sense(None)]


class TestWords:
    def test_name_a_person_however_a_number_is_written(self) -> None:
        ann = Person(keys=frozenset(), phones=frozenset({"+5511987650123"}))
        for text in ("11 98765-0123", "(11) 98765 0123", "+55 11 98765-0123", "q=%2B5511987650123"):
            assert ann.is_named(text), text
        for text in ("11 98765-0124", "119876501234", "0000"):
            assert not ann.is_named(text), text

    def test_are_replaced_wherever_they_stand(self) -> None:
        ann = Person(keys=frozenset(), emails=frozenset({"ann@exemplo.com.br"}))
        told = {"q": ["Ann@Exemplo.com.br", 1], "x": {"y": "to ann@exemplo.com.br."}}
        assert ann.without(told) == {"q": [ERASED, 1], "x": {"y": f"to {ERASED}."}}

    def test_of_nobody_name_nobody(self) -> None:
        assert not Person(keys=frozenset()).is_named("anything at all")


@pytest.mark.django_db
class TestRetention:
    @pytest.fixture
    def later(self, monkeypatch: pytest.MonkeyPatch, opened: Tenant) -> Iterator[Any]:
        now = clock.now()

        def after(days: int) -> None:
            monkeypatch.setattr(clock, "now", lambda: now + dt.timedelta(days=days))

        return after

    def test_deletes_what_is_old_and_nothing_else(self, later: Any) -> None:
        made = customer.create(first_name="Otto", phone=someone.PHONE)
        contact_point.add(customer=made, kind="phone", value=someone.OTHER_PHONE)
        contact_point.release(contact_point=made.contact_points.get(is_primary=True))
        auth_event.record("signed_in", customer_uuid=made.pk)
        later(182)
        assert retention.retain() == {}
        later(184)
        assert retention.retain() == {"doorman.log": 1}
        assert not AuthEvent.objects.exists()
        later(731)
        assert retention.retain() == {"guestman.contacts": 1}
        assert [each.match_key for each in ContactPoint.objects.all()] == [someone.OTHER_PHONE]
        assert retention.retain() == {}

    def test_empties_old_entries_of_the_trail(self, later: Any) -> None:
        made = customer.create(first_name="Otto")
        later(1827)
        assert retention.retain()["shopman.audit"] == 1
        entry = AuditEntry.objects.get(subject=made.subject)
        assert entry.after["first_name"] is None
        assert retention.retain() == {}

    def test_goes_by_the_settings(self, later: Any, settings: Any) -> None:
        settings.SHOPMAN = {**settings.SHOPMAN, "RETENTION_DAYS": {"doorman.log": 0}}
        auth_event.record("signed_in")
        later(4000)
        assert "doorman.log" not in retention.retain()
        rules = {rule.key: rule for rule in retention.rules()}
        assert rules["doorman.log"].days == 0
        assert "Marco Civil" in rules["doorman.log"].ground

    def test_lets_go_what_orders_held(
        self, marina: Customer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        erase(customer=marina, reason="request 17")
        assert tasks.release_held() == 0
        now = clock.now()
        monkeypatch.setattr(clock, "now", lambda: now + dt.timedelta(days=6 * 366))
        assert tasks.release_held() == 1
        row = Order.objects.get(customer_uuid=marina.pk)
        assert someone.DOCUMENT not in str(row.data)
        assert "Quaresma" not in str(row.data)
        assert row.data_digest == digest(row.data)
        assert tasks.release_held() == 0


@pytest.mark.django_db
class TestSuppression:
    def test_recognises_whatever_a_file_may_bring(self, marina: Customer) -> None:
        IdentifierService.add(customer=marina, kind="loyalty_card", value="77 01")
        RecordLink.objects.create(
            customer=marina,
            source_type="import:erp",
            source_id="17",
            method="key",
            evidence="A",
            confidence=1.0,
        )
        erase(customer=marina, reason="request 17")
        brought = {
            ("email", someone.EMAIL), ("document", f"BR:{someone.DOCUMENT}"),
            ("provider:google", "google-sub-8841"), ("loyalty_card", "77 01"),
            ("import:erp", "17"), ("code", "CLI-QUARESMA"),
        }  # fmt: skip
        known = erased_among({*brought, ("import:erp", "18"), ("document", "PT:52998224725")})
        assert known == dict.fromkeys(brought, marina.pk)

    def test_recognises_under_a_key_that_was_replaced(
        self, marina: Customer, settings: Any
    ) -> None:
        erase(customer=marina, reason="request 17")
        keys = settings.GUESTMAN["SUPPRESSION_KEYS"]
        fresh = "new:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="
        settings.GUESTMAN = {**settings.GUESTMAN, "SUPPRESSION_KEYS": [fresh, *keys]}
        assert suppression.recognised("email", [someone.EMAIL]) == {someone.EMAIL: marina.pk}
        settings.GUESTMAN = {**settings.GUESTMAN, "SUPPRESSION_KEYS": [fresh]}
        assert suppression.recognised("email", [someone.EMAIL]) == {}

    def test_is_another_shops_business_there(self, marina: Customer, other_tenant: Tenant) -> None:
        erase(customer=marina, reason="request 17")
        with tenancy.use(other_tenant):
            assert erased_values("email", [someone.EMAIL]) == {}

    def test_closes_contacts_where_the_shop_wants_it(self, marina: Customer, settings: Any) -> None:
        erase(customer=marina, reason="request 17")
        settings.GUESTMAN = {**settings.GUESTMAN, "ERASED_CONTACTS": "closed"}
        with pytest.raises(ContactErased):
            customer.create(first_name="M", phone=someone.OTHER_PHONE)
        other = customer.create(first_name="M")
        with pytest.raises(ContactErased):
            contact_point.add(customer=other, kind="email", value=someone.EMAIL)
        proved = contact_point.change_phone(
            customer=other, phone=someone.OTHER_PHONE, method="otp_sms"
        )
        assert proved.customer_id == other.pk


def test_only_the_erasure_asks_for_permits() -> None:
    """Who may change what never changes: these modules, and no others."""
    using = {
        str(path.relative_to(ROOT))
        for app in ("shopman", "guestman", "doorman", "omniman", "offerman", "config")
        for path in (ROOT / app).rglob("*.py")
        if "permits." in path.read_text()
    }
    assert {each for each in using if not each.endswith("subjects.py")} == {
        "guestman/contrib/privacy/service/erasing.py",
        "guestman/contrib/privacy/service/reapplying.py",
        "guestman/contrib/privacy/service/retention.py",
        "omniman/services/redaction.py",
        "shopman/keeping.py",
        "shopman/permits.py",
    }
