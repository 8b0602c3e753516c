"""Rows that are only ever added stay as they were written, whoever talks to the database."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import IntegrityError, connection, models, transaction

from shopman import append_only, checks
from shopman.models import AppendOnlyModel, AuditEntry, Immutable, Tenant
from shopman.triggers import installed
from tests.shopman.factories import AuditEntryFactory

pytestmark = pytest.mark.django_db

HISTORY = [each for each in apps.get_models() if issubclass(each, AppendOnlyModel)]
REFUSED = "only ever added"


def execute(sql: str, *params: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


def drop_one() -> str:
    """Remove the trigger that refuses changes of the audit trail; returns its name."""
    on = " ON shopman_auditentry" if connection.vendor == "postgresql" else ""
    execute(f"DROP TRIGGER shopman_auditentry_fixed{on}")
    return "shopman_auditentry_fixed"


class TestTriggers:
    def test_refuse_a_change(self, in_tenant: Tenant) -> None:
        AuditEntryFactory(reason="as it was")
        with pytest.raises(IntegrityError, match=f"shopman_auditentry: .*{REFUSED}"):
            execute("UPDATE shopman_auditentry SET reason = 'changed'")
        assert AuditEntry.objects.get().reason == "as it was"

    def test_refuse_a_change_that_comes_as_an_insert(self, in_tenant: Tenant) -> None:
        entry = AuditEntryFactory(reason="as it was")
        again = AuditEntryFactory.build(uuid=entry.uuid, tenant=in_tenant, reason="changed")
        with pytest.raises(IntegrityError, match=REFUSED), transaction.atomic():
            AuditEntry.objects.bulk_create(
                [again], update_conflicts=True, unique_fields=["uuid"], update_fields=["reason"]
            )
        assert AuditEntry.objects.get().reason == "as it was"

    @pytest.mark.postgres
    def test_refuse_a_delete_on_postgresql(self, in_tenant: Tenant) -> None:
        AuditEntryFactory()
        with pytest.raises(IntegrityError, match=REFUSED):
            execute("DELETE FROM shopman_auditentry")
        assert AuditEntry.objects.count() == 1

    def test_let_rows_be_added(self, in_tenant: Tenant) -> None:
        AuditEntry.objects.bulk_create(AuditEntryFactory.build_batch(3, tenant=in_tenant))
        assert AuditEntry.objects.count() == 3

    @pytest.mark.parametrize("model", HISTORY, ids=lambda each: each._meta.label)
    def test_guard_the_history_of_every_app(self, model: type[models.Model]) -> None:
        suffixes = ["fixed", "kept"] if connection.vendor == "postgresql" else ["fixed"]
        names = {f"{model._meta.db_table}_{suffix}" for suffix in suffixes}
        assert names <= installed(connection)


class TestPresence:
    def test_the_triggers_are_there(self) -> None:
        assert checks.history_is_protected(None, databases=["default"]) == []

    def test_a_missing_trigger_is_an_error_and_migrating_brings_it_back(self) -> None:
        name = drop_one()
        (found,) = checks.history_is_protected(None, databases=["default"])
        assert found.id == "shopman.E006"
        assert name in found.msg
        emit_post_migrate_signal(0, False, "default")
        assert checks.history_is_protected(None, databases=["default"]) == []

    @pytest.mark.postgres
    def test_a_disabled_trigger_is_missing(self) -> None:
        execute("ALTER TABLE shopman_auditentry DISABLE TRIGGER shopman_auditentry_kept")
        (found,) = checks.history_is_protected(None, databases=["default"])
        assert "shopman_auditentry_kept" in found.msg

    def test_no_database_is_asked_unless_named(self, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(0):
            assert checks.history_is_protected(None, databases=None) == []

    def test_a_table_that_is_not_there_yet_needs_no_trigger(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(AuditEntry._meta, "db_table", "shopman_not_migrated")
        names = append_only.expected(connection)
        assert not [name for name in names if "not_migrated" in name]
        append_only.guard.install(using="default")
        assert append_only.guard.missing(connection) == []

    def test_a_long_name_fits_the_database(self, monkeypatch: pytest.MonkeyPatch) -> None:
        table = "shopman_" + "a" * 52
        execute(f"CREATE TABLE {table} (reason text)")
        monkeypatch.setattr(AuditEntry._meta, "db_table", table)
        append_only.guard.install(using="default")
        assert append_only.guard.missing(connection) == []


@pytest.mark.django_db(transaction=True)
class TestMigrations:
    def test_migrating_any_app_puts_the_triggers_in_place(self) -> None:
        drop_one()
        call_command("migrate", "sessions", verbosity=0)
        assert checks.history_is_protected(None, databases=["default"]) == []

    def test_a_rebuilt_table_keeps_its_rows_and_its_triggers(self, in_tenant: Tenant) -> None:
        AuditEntryFactory(reason="as it was")
        shorter, longer = (models.CharField(max_length=size) for size in (100, 120))
        for field in (shorter, longer):
            field.set_attributes_from_name("action")
            field.model = AuditEntry
        for before, after in ((shorter, longer), (longer, shorter)):
            emit_pre_migrate_signal(0, False, "default")
            kept = connection.vendor == "postgresql"
            assert ("shopman_auditentry_fixed" in installed(connection)) == kept
            with connection.schema_editor() as editor:
                editor.alter_field(AuditEntry, before, after, strict=False)
            emit_post_migrate_signal(0, False, "default")
        assert checks.history_is_protected(None, databases=["default"]) == []
        with pytest.raises(IntegrityError, match=REFUSED):
            execute("UPDATE shopman_auditentry SET reason = 'changed'")
        assert AuditEntry.objects.get().reason == "as it was"

    def test_tables_are_emptied_between_tests(self, in_tenant: Tenant) -> None:
        AuditEntryFactory()
        with pytest.raises(Immutable):
            AuditEntry.objects.all().delete()
        call_command("flush", verbosity=0, interactive=False)
        assert AuditEntry.all_tenants.count() == 0
