"""What an order says never changes, whoever asks."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction

from omniman import checks, triggers
from omniman.models import Order, OrderCommit, OrderEvent, OrderLine, OrderRedaction
from omniman.services import order
from shopman.canonical import digest
from shopman.models import Immutable, Tenant
from shopman.triggers import installed
from tests.omniman.factories import CartFactory, order_row

pytestmark = pytest.mark.django_db

FROZEN: dict[str, Any] = {
    "ref": "X",
    "kind": "return",
    "customer_uuid": None,
    "customer_code": "X",
    "currency": "USD",
    "total_amount": 1,
    "placed_at": "2020-01-01 00:00:00+00:00",
    "source": "X",
    "external_ref": "X",
    "data_digest": "0" * 64,
    "updated_at": None,
}


@pytest.fixture
def placed(in_tenant: Tenant) -> Order:
    return order.commit(cart=CartFactory(), idempotency_key="k")


def execute(sql: str, *params: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


class TestModelsAndQuerySets:
    def test_an_order_cannot_be_saved_again(self, placed: Order) -> None:
        placed.data = {}
        for fields in (None, ["data"], ["data", "status"], ["customer_code"]):
            with pytest.raises(Immutable):
                placed.save(update_fields=fields)

    def test_updates_of_frozen_columns_are_refused(self, placed: Order) -> None:
        with pytest.raises(Immutable):
            Order.objects.update(data={})
        with pytest.raises(Immutable):
            Order.objects.update(status="confirmed", total_amount=1)
        with pytest.raises(Immutable):
            Order.all_tenants.bulk_update([placed], ["data"])
        with pytest.raises(Immutable):
            Order.objects.bulk_create(
                [order_row()], update_conflicts=True, unique_fields=["uuid"], update_fields=["data"]
            )

    def test_deletes_are_refused(self, placed: Order) -> None:
        with pytest.raises(Immutable):
            placed.delete()
        with pytest.raises(Immutable):
            Order.objects.all().delete()
        with pytest.raises(Immutable):
            placed.lines.all().delete()

    def test_lines_events_and_records_are_only_added(self, placed: Order) -> None:
        for model in (OrderLine, OrderEvent, OrderCommit):
            row = model.objects.get()
            with pytest.raises(Immutable):
                row.save()
            with pytest.raises(Immutable):
                row.delete()
            with pytest.raises(Immutable):
                model.objects.update(uuid=row.uuid)

    def test_status_and_refunds_move_on(self, placed: Order) -> None:
        assert Order.objects.update(status="confirmed", refunded_amount=100) == 1
        placed.status = "preparing"
        placed.save(update_fields=["status"])
        assert Order.objects.get().status == "preparing"


class TestTriggers:
    def test_frozen_columns_are_all_others(self) -> None:
        free = {"status", "refunded_amount", "updated_at", "data", "data_digest"}
        columns = {field.name for field in Order._meta.concrete_fields}
        covered = {"uuid", "tenant", "organization", "channel"} | (FROZEN.keys() - free)
        assert columns - free == covered

    @pytest.mark.parametrize("column", sorted(FROZEN.keys() - {"updated_at"}))
    def test_refuse_a_frozen_column(self, placed: Order, column: str) -> None:
        with pytest.raises(IntegrityError, match="orders never change"):
            execute(f"UPDATE omniman_order SET {column} = %s", FROZEN[column])
        assert Order.objects.get().data_digest == placed.data_digest

    def test_refuse_other_data(self, placed: Order) -> None:
        with pytest.raises(IntegrityError, match="orders never change"):
            execute("UPDATE omniman_order SET data = %s", '{"customer": null}')

    def test_let_what_may_move_pass(self, placed: Order) -> None:
        execute("UPDATE omniman_order SET status = 'confirmed', refunded_amount = 1")
        execute("UPDATE omniman_order SET total_amount = total_amount, ref = ref")
        row = Order.objects.get()
        assert (row.status, row.refunded_amount) == ("confirmed", 1)

    @pytest.mark.parametrize("model", [OrderLine, OrderEvent, OrderCommit])
    def test_refuse_any_change_of_added_rows(
        self, placed: Order, model: type[models.Model]
    ) -> None:
        table = model._meta.db_table
        with pytest.raises(IntegrityError, match=f"{table}: rows are only ever added"):
            execute(f"UPDATE {table} SET uuid = uuid")

    @pytest.mark.postgres
    @pytest.mark.parametrize("model", [OrderLine, OrderEvent, OrderCommit, Order])
    def test_refuse_deletes_on_postgresql(self, placed: Order, model: type[models.Model]) -> None:
        with pytest.raises(IntegrityError, match=r"orders never change|only ever added"):
            execute(f"DELETE FROM {model._meta.db_table}")

    def test_a_redaction_lets_exactly_its_digest_pass(self, placed: Order) -> None:
        redacted = placed.data | {"customer": {"name": ""}}
        facts = {"order": placed, "reason": "erasure", "actor_kind": "system"}
        OrderRedaction.objects.create(
            old_digest=placed.data_digest, new_digest=digest(redacted), **facts
        )
        change = "UPDATE omniman_order SET data = %s, data_digest = %s"
        with pytest.raises(IntegrityError):
            execute(change, '{"customer": "x"}', digest({"customer": "x"}))
        document = Order._meta.get_field("data").get_db_prep_value(redacted, connection)
        execute(change, document, digest(redacted))
        assert Order.objects.get().data == redacted
        # The leave is spent: it names the digest that was there before.
        with pytest.raises(IntegrityError):
            execute(change, "{}", digest(redacted))

    def test_another_orders_redaction_lets_nothing_pass(self, placed: Order) -> None:
        other = order.commit(cart=CartFactory(), idempotency_key="k")
        OrderRedaction.objects.create(
            order=other,
            old_digest=placed.data_digest,
            new_digest=digest({}),
            reason="erasure",
            actor_kind="system",
        )
        with pytest.raises(IntegrityError):
            execute(
                "UPDATE omniman_order SET data = '{}', data_digest = %s WHERE ref = %s",
                digest({}),
                placed.ref,
            )


class TestPresence:
    def test_the_triggers_are_there(self) -> None:
        assert checks.orders_are_protected(None, databases=["default"]) == []
        assert set(triggers.expected(connection)) <= installed(connection)

    def test_a_missing_trigger_is_an_error_and_migrating_brings_it_back(self) -> None:
        on = " ON omniman_order" if connection.vendor == "postgresql" else ""
        execute(f"DROP TRIGGER {triggers.FROZEN}{on}")
        (found,) = checks.orders_are_protected(None, databases=["default"])
        assert found.id == "omniman.E001"
        assert triggers.FROZEN in found.msg
        triggers.guard.install(using="default")
        assert checks.orders_are_protected(None, databases=["default"]) == []

    def test_no_database_is_asked_unless_named(self) -> None:
        assert checks.orders_are_protected(None, databases=None) == []

    @pytest.mark.django_db(transaction=True)
    def test_a_migration_may_rebuild_the_tables(self) -> None:
        call_command("migrate", "omniman", verbosity=0)
        assert checks.orders_are_protected(None, databases=["default"]) == []
