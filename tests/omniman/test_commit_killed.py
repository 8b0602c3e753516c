"""A commit that is killed with ``kill -9`` leaves all of an order or nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from urllib.parse import quote

import pytest
from django.db import connection

from omniman.models import Cart, Order, OrderCommit, OrderEvent, OrderLine
from omniman.services import order
from shopman.models import OutboxEvent, Tenant
from tests.conftest import ROOT
from tests.omniman.factories import CartFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def commit_elsewhere(cart: Cart, *, killed_at: int) -> int:
    """Commit in another process, killed after its n-th statement; how it ended."""
    facts = connection.settings_dict
    user = quote(facts["USER"]) + (f":{quote(facts['PASSWORD'])}" if facts["PASSWORD"] else "")
    address = f"postgres://{user}@{facts['HOST']}:{facts['PORT']}/{facts['NAME']}"
    arguments = [str(cart.pk), "k", str(killed_at)]
    return subprocess.run(
        [sys.executable, "-m", "tests.omniman.killed_commit", *arguments],
        env=os.environ
        | {
            "DATABASE_URL": address,
            "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "config.settings"),
            "REDIS_URL": "",
        },
        cwd=ROOT,
        check=False,
        timeout=120,
    ).returncode


# After the order's row, and after the last statement before COMMIT.
@pytest.mark.parametrize("statement", [4, 9])
def test_nothing_is_left_and_the_same_key_orders_once(in_tenant: Tenant, statement: int) -> None:
    cart = CartFactory(skus={"TEA": 2, "CUP": 1})
    assert commit_elsewhere(cart, killed_at=statement) == -signal.SIGKILL
    for model in (Order, OrderLine, OrderEvent, OrderCommit, OutboxEvent):
        assert model.objects.count() == 0
    assert Cart.objects.get().committed_at is None
    placed = order.commit(cart=cart, idempotency_key="k")
    assert order.commit(cart=cart, idempotency_key="k") == placed
    assert (Order.objects.count(), OrderLine.objects.count()) == (1, 2)
