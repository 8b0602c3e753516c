"""An import is taken back exactly; what somebody changed since stays and is listed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from guestman.contrib.identifiers.models import CustomerIdentifier, RecordLink, ReviewItem
from guestman.contrib.imports.errors import ImportNotFinished, ImportReverted, UnknownRun
from guestman.contrib.imports.models import ImportRow, ImportRun
from guestman.contrib.imports.services import revert, runs
from guestman.models import ContactPoint, Customer, CustomerAddress
from guestman.services import address, contact_point, customer
from shopman.models import AuditEntry, OutboxEvent, Tenant
from tests.guestman.factories import CustomerFactory
from tests.guestman.imports.files import Write, digest, source

pytestmark = pytest.mark.django_db

FILE = (
    "id,name,phone,email,birthday,street,city,notes",
    "1,Ana Souza,11 98765-4321,ana@loja.com.br,1990-05-01,Rua A,Santos,sim",
    "2,Bruno Lima,11 91357-2468,,,,,",
    "3,Ana Souza,11 98765-4321,outra@loja.com.br,,,,",
    "4,Vera Vieira,11 95555-1234,vera@loja.com.br,1980-01-01,Rua V,Santos,vip",
    "5,Caio Melo,123,,,,,",
)


def imported(write: Write, *, trusted: bool) -> ImportRun:
    done = runs.run(source(write(*FILE), trusted=trusted))
    assert done.run is not None
    return done.run


def take_back(run: ImportRun) -> revert.Reverted:
    return revert.run(revert.begin(run.pk).pk)


@pytest.mark.parametrize("trusted", [True, False])
def test_a_revert_restores_the_database(write: Write, trusted: bool) -> None:
    customer.create(first_name="Vera", last_name="Vieira", email="vera@loja.com.br")
    customer.create(first_name="Ana", email="outra@loja.com.br", phone="11 3061-2200")
    before = digest()
    run = imported(write, trusted=trusted)
    assert digest() != before

    done = take_back(run)

    # An address that was added and removed is kept as history; nobody is shown it.
    CustomerAddress.objects.exclude(removed_at=None).delete()
    assert digest() == before
    assert not done.kept_counts
    run.refresh_from_db()
    assert run.status == "reverted"


def test_a_file_can_be_imported_again_after_its_revert(write: Write) -> None:
    run = imported(write, trusted=True)
    take_back(run)
    assert not Customer.objects.exists()
    again = imported(write, trusted=True)
    assert again.pk != run.pk
    assert again.counts["created"] == run.counts["created"]


def test_what_somebody_changed_since_stays_and_is_listed(write: Write) -> None:
    run = imported(write, trusted=True)
    ana = Customer.objects.get(first_name="Ana")
    bruno = Customer.objects.get(first_name="Bruno")
    customer.update(ana.pk, notes="mine")
    contact_point.verify(contact_point=ContactPoint.objects.get(customer=bruno), method="otp_sms")

    done = take_back(run)

    assert set(Customer.objects.values_list("first_name", flat=True)) == {"Ana", "Bruno"}
    assert done.removed_count == 1
    assert done.kept_counts == {"changed": 2}
    assert set(ImportRow.objects.exclude(kept="").values_list("line", "kept")) == {
        (2, "changed"),
        (3, "changed"),
    }
    assert RecordLink.objects.filter(customer=ana).exists()


def test_a_changed_address_and_a_linked_record_keep_their_customer(write: Write) -> None:
    run = imported(write, trusted=True)
    ana = Customer.objects.get(first_name="Ana")
    bruno = Customer.objects.get(first_name="Bruno")
    address.update(address=CustomerAddress.objects.get(customer=ana), street="Rua B")
    RecordLink.objects.create(
        source_type="order",
        source_id="1",
        customer=bruno,
        method="phone",
        evidence="U",
        confidence=1,
    )
    done = take_back(run)
    assert done.kept_counts == {"in_use": 2}
    assert done.removed_count == 1


def test_a_customer_with_orders_stays(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    run = imported(write, trusted=True)
    ana = Customer.objects.get(first_name="Ana")
    monkeypatch.setattr(
        "guestman.services.bulk_discard._with_orders", lambda keys: {ana.pk} & set(keys)
    )
    assert take_back(run).kept_counts == {"has_orders": 1}
    assert Customer.objects.get() == ana


def test_what_was_completed_and_changed_since_is_left(write: Write) -> None:
    known = customer.create(first_name="Vera", last_name="Vieira", email="vera@loja.com.br")
    run = imported(write, trusted=True)
    customer.update(known.pk, notes="other")
    assert take_back(run).kept_counts == {"changed": 1}
    found = Customer.objects.get(pk=known.pk)
    assert (found.notes, str(found.birth_date)) == ("other", "1980-01-01")


def test_the_trail_and_the_outbox_tell_of_it(write: Write) -> None:
    run = imported(write, trusted=True)
    take_back(run)
    assert AuditEntry.objects.filter(action="customer.discard").count() == 3
    assert OutboxEvent.objects.filter(name="guestman.customer_discarded").count() == 3
    assert AuditEntry.objects.filter(subject=run.subject, action="import.reverted").exists()
    assert not ContactPoint.objects.exists()
    assert not CustomerIdentifier.objects.exists()


def test_questions_and_claims_beside_known_customers_go_with_it(write: Write) -> None:
    customer.create(first_name="Vera", last_name="Vieira", email="vera@loja.com.br")
    run = imported(write, trusted=False)
    assert ReviewItem.objects.open().exists()
    take_back(run)
    assert not ReviewItem.objects.exists()
    assert not CustomerIdentifier.objects.filter(is_pending=True).exists()


def test_only_a_finished_import_is_taken_back_and_only_once(write: Write) -> None:
    open_run = runs.begin(source(write(*FILE)))
    with pytest.raises(ImportNotFinished):
        revert.begin(open_run.pk)
    run = imported(write, trusted=True)
    take_back(run)
    with pytest.raises(ImportReverted):
        revert.begin(run.pk)
    with pytest.raises(UnknownRun):
        revert.begin(UUID(int=7))


def test_a_killed_revert_goes_on(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revert.conf.__class__, "BATCH_CUSTOMERS", 1)
    run = imported(write, trusted=True)
    revert.begin(run.pk)
    revert.advance(run.pk)
    assert Customer.objects.count() == 2
    revert.begin(run.pk)
    while revert.advance(run.pk):
        pass
    assert not Customer.objects.exists()


def test_another_shops_import_is_unknown(write: Write, other_tenant: Tenant) -> None:
    run = imported(write, trusted=True)
    with pytest.raises(CommandError):
        call_command("guestman_import", revert=run.pk, tenant=other_tenant.slug)
    assert Customer.objects.count() == 3


def test_the_command_says_what_it_left(write: Write, capsys: Any) -> None:
    run = imported(write, trusted=True)
    customer.update(Customer.objects.get(first_name="Ana").pk, notes="mine")
    CustomerFactory()
    call_command("guestman_import", revert=run.pk)
    told = capsys.readouterr().out
    assert "Taken back: 2 customers" in told
    assert "(changed): 1" in told
