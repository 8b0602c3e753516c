"""Rows that never change are changed by an erasure alone, and only as their model says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from doorman.models import AuthEvent
from shopman import audit, permits
from shopman.models import AuditEntry, Immutable, Permit, Tenant
from tests.shopman.factories import AuditEntryFactory

pytestmark = pytest.mark.django_db

REFUSED = "only ever added"


def execute(sql: str, *params: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


def erasing() -> AuditEntry:
    return audit.record(subject="customer:1", action=permits.ACTION)


def permit_for(row: AuditEntry, entry: AuditEntry, operation: str = "UPDATE") -> Permit:
    made: Permit = Permit.objects.create(
        entry=entry, table="shopman_auditentry", row=row.pk, operation=operation
    )
    return made


class TestRewriting:
    def test_empties_the_columns_a_model_lets_go(self, in_tenant: Tenant) -> None:
        row = AuditEntryFactory(reason="Ann rang", before={"name": "Ann"})
        row.reason, row.before = "", {"name": None}
        with transaction.atomic():
            assert permits.rewrite([row], columns=["before", "reason"], entry=erasing()) == 1
        found = AuditEntry.objects.get(pk=row.pk)
        assert (found.reason, found.before) == ("", {"name": None})

    def test_leaves_no_permit_behind(self, in_tenant: Tenant) -> None:
        row = AuditEntryFactory()
        permits.rewrite([row], columns=["reason"], entry=erasing())
        assert not Permit.objects.exists()
        with pytest.raises(IntegrityError, match=REFUSED):
            execute("UPDATE shopman_auditentry SET reason = 'changed'")

    def test_refuses_other_columns_before_asking_the_database(self, in_tenant: Tenant) -> None:
        with pytest.raises(Immutable):
            permits.rewrite([AuditEntryFactory()], columns=["action"], entry=erasing())

    def test_more_rows_than_a_batch(self, in_tenant: Tenant) -> None:
        rows = AuditEntryFactory.build_batch(1201, tenant=in_tenant, reason="Ann rang")
        AuditEntry.objects.bulk_create(rows)
        for row in rows:
            row.reason = ""
        assert permits.rewrite(rows, columns=["reason"], entry=erasing()) == 1201
        assert not AuditEntry.objects.exclude(reason="").exists()


class TestRemoving:
    def test_deletes_rows_of_a_model_that_lets_them_go(self, in_tenant: Tenant) -> None:
        gone, kept = AuthEvent(name="code_sent"), AuthEvent(name="signed_in")
        AuthEvent.objects.bulk_create([gone, kept])
        assert permits.remove(AuthEvent.objects.filter(pk=gone.pk), entry=erasing()) == 1
        assert list(AuthEvent.objects.all()) == [kept]

    def test_refuses_rows_that_stay_for_good(self, in_tenant: Tenant) -> None:
        with pytest.raises(Immutable):
            permits.remove(AuditEntry.objects.all(), entry=erasing())


class TestNothingElsePasses:
    """Whoever writes a permit by hand gets no further than an erasure would."""

    @pytest.fixture(autouse=True)
    def tidy(self, db: None) -> Iterator[None]:
        yield
        Permit.all_tenants.all().delete()

    def test_a_column_that_is_not_personal(self, in_tenant: Tenant) -> None:
        row = AuditEntryFactory(action="mine")
        permit_for(row, erasing())
        with pytest.raises(IntegrityError, match=REFUSED):
            execute("UPDATE shopman_auditentry SET action = 'other' WHERE action = 'mine'")

    def test_a_row_that_is_not_named(self, in_tenant: Tenant) -> None:
        permit_for(AuditEntryFactory(), erasing())
        AuditEntryFactory(action="another")
        with pytest.raises(IntegrityError, match=REFUSED):
            execute("UPDATE shopman_auditentry SET reason = '' WHERE action = 'another'")

    def test_a_permit_that_refers_to_no_erasure(self, in_tenant: Tenant) -> None:
        row = AuditEntryFactory()
        permit_for(row, audit.record(subject="customer:1", action="customer.update"))
        with pytest.raises(IntegrityError, match=REFUSED):
            execute("UPDATE shopman_auditentry SET reason = ''")

    @pytest.mark.postgres
    def test_a_delete_of_a_row_that_stays_for_good(self, in_tenant: Tenant) -> None:
        row = AuditEntryFactory(action="to go")
        permit_for(row, erasing(), "DELETE")
        with pytest.raises(IntegrityError, match=REFUSED):
            execute("DELETE FROM shopman_auditentry WHERE action = 'to go'")

    @pytest.mark.postgres
    @pytest.mark.django_db(transaction=True)
    def test_a_permit_that_would_outlive_its_transaction(self, in_tenant: Tenant) -> None:
        with pytest.raises(IntegrityError, match="may not be kept"), transaction.atomic():
            permit_for(AuditEntryFactory(), erasing())
        assert not Permit.objects.exists()

    @pytest.mark.django_db(transaction=True)
    def test_no_transaction(self, in_tenant: Tenant) -> None:
        row = AuditEntryFactory()
        with pytest.raises(transaction.TransactionManagementError):
            permits.rewrite([row], columns=["reason"], entry=erasing())
