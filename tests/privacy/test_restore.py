"""A backup from before an erasure does not bring the person back."""

from __future__ import annotations

import io
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.management import CommandError, call_command

from guestman.contrib.privacy.errors import LedgerUnreadable
from guestman.contrib.privacy.models import Erasure, Suppression
from guestman.contrib.privacy.service import erase, ledger, reapplying
from guestman.models import Customer
from guestman.services import bulk, contact_point
from omniman.models import Order
from shopman.models import Tenant
from tests.privacy import dumps, someone

CLEAN = {"omniman_order"}


def reapply(tenant: Tenant) -> str:
    out = io.StringIO()
    call_command("reapply_erasures", tenant=tenant.slug, no_progress=True, stdout=out)
    return out.getvalue()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestARestoredBackup:
    def test_is_erased_again(self, marina: Customer, opened: Tenant) -> None:
        backup = dumps.backup()
        erase(customer=marina, reason="request 17")
        after = dumps.traces(someone.VALUES)
        hashes = set(Suppression.objects.values_list("kind", "digest"))
        dumps.restore(backup)
        assert len(dumps.traces(someone.VALUES)) > len(after)
        assert not Erasure.objects.exists()
        assert "guestman.contacts" in reapply(opened)
        assert dumps.traces(someone.VALUES) == after
        assert set(after) == CLEAN
        assert set(Suppression.objects.values_list("kind", "digest")) == hashes
        assert Customer.objects.get(pk=marina.pk).erased_at is not None
        assert "nothing was left" in reapply(opened)

    def test_finds_guests_by_contacts_that_came_after_the_backup(
        self, marina: Customer, opened: Tenant
    ) -> None:
        someone.deliver(someone.as_guest(guest_name="Quaresma M.", guest_phone="+5511987658888"))
        backup = dumps.backup()
        contact_point.add(customer=marina, kind="phone", value="+5511987658888")
        contact_point.verify(
            contact_point=marina.contact_points.get(match_key="+5511987658888"), method="otp_sms"
        )
        erase(customer=marina, reason="request 17")
        dumps.restore(backup)
        reapply(opened)
        assert not Order.objects.filter(data__customer__name="Quaresma M.").exists()

    def test_of_before_the_customer_knows_the_person_all_the_same(self, opened: Tenant) -> None:
        backup = dumps.backup()
        made = someone.make()
        erase(customer=made, reason="request 17")
        dumps.restore(backup)
        reapply(opened)
        found = bulk.ensure_many([bulk.NewCustomer(code="CLI-QUARESMA", first_name="Marina")])
        assert found == {"CLI-QUARESMA": made.pk}
        assert not Customer.objects.filter(first_name="Marina").exists()

    @pytest.mark.skipif(not shutil.which("pg_dump"), reason="needs pg_dump")
    def test_a_full_dump_names_the_person_in_held_orders_only(self, marina: Customer) -> None:
        erase(customer=marina, reason="request 17")
        tables = re.split(r"^COPY public\.\"?(\w+)", dumps.pg_dump(), flags=re.MULTILINE)
        named = {
            name: dumps.found(someone.VALUES, rows)
            for name, rows in zip(["schema", *tables[1::2]], tables[::2], strict=True)
        }
        assert {name for name, values in named.items() if values} == CLEAN
        assert named["omniman_order"] <= set(someone.HELD)


@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
def test_redis_names_nobody(marina: Customer, redis_client: Any) -> None:
    cache.set("dashboard", {"total": 1})
    erase(customer=marina, reason="request 17")
    held = [key + (redis_client.dump(key) or b"") for key in redis_client.keys("*")]
    assert dumps.found(someone.VALUES, repr(held)) == set()


@pytest.mark.django_db(transaction=True)
class TestTheLedger:
    def test_has_a_line_without_values(self, marina: Customer, ledger_file: Path) -> None:
        done = erase(customer=marina, reason="request 17")
        (line,) = ledger_file.read_text().splitlines()
        assert json.loads(line)["keys"] == [str(marina.pk)]
        assert dumps.found(someone.VALUES, line) == set()
        done.refresh_from_db()
        assert done.ledgered_at is not None
        assert ledger.write() == 0

    def test_is_completed_when_a_process_died(self, marina: Customer, ledger_file: Path) -> None:
        erase(customer=marina, reason="request 17")
        ledger_file.unlink()
        Erasure.objects.update(ledgered_at=None)
        assert ledger.write() == 1
        assert ledger_file.exists()

    def test_that_was_changed_is_refused(self, marina: Customer, ledger_file: Path) -> None:
        erase(customer=marina, reason="request 17")
        line = ledger_file.read_text().replace("request 17", "request 18")
        with pytest.raises(LedgerUnreadable):
            reapplying.reapply([line])

    def test_of_another_shop_is_left_alone(
        self, marina: Customer, ledger_file: Path, other_tenant: Tenant
    ) -> None:
        erase(customer=marina, reason="request 17")
        assert "nothing was left" in reapply(other_tenant)

    def test_that_is_not_there_is_an_error(self, opened: Tenant) -> None:
        assert django_settings.GUESTMAN["ERASURE_LEDGER"]
        with pytest.raises(CommandError, match="no ledger"):
            reapply(opened)
