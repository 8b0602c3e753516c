"""With Redis, a worker of its own delivers the outbox and refreshes insights after a commit."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import redis
from django.conf import settings
from django.db import connection

from guestman.contrib.insights.models import CustomerInsight
from guestman.services import customer
from omniman.services import cart, order
from shopman import tenancy
from shopman.models import OutboxEvent, Tenant

ROOT = Path(__file__).resolve().parents[2]
SECONDS_TO_WAIT = 90
pytestmark = [
    pytest.mark.postgres,
    pytest.mark.redis,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def worker(redis_client: redis.Redis, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker on the test database and the test run's Redis."""
    facts = connection.settings_dict
    password = f":{quote(facts['PASSWORD'])}" if facts["PASSWORD"] else ""
    who = f"{quote(facts['USER'])}{password}@{facts['HOST']}:{facts['PORT'] or 5432}"
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgres://{who}/{facts['NAME']}",
        "REDIS_URL": settings.REDIS_URL,
        "DETECT_N_PLUS_ONE": "",
    }
    command = [sys.executable, "-m", "celery", "-A", "config.celery:app", "worker"]
    options = ["--pool=solo", "--loglevel=INFO", "--without-mingle", "--without-gossip"]
    with (tmp_path / "worker.log").open("wb") as log:
        found = subprocess.Popen(
            [*command, *options], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        yield found
        found.terminate()
        found.wait(timeout=30)


def wait_for(holds: Callable[[], bool], worker: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_WAIT
    while not holds():
        ended = worker.poll() is not None or time.monotonic() > deadline
        assert not ended, log.read_text()[-4000:]
        time.sleep(0.1)


def test_an_order_is_delivered_and_its_customer_refreshed_by_the_worker(
    opened: Tenant, worker: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    log = tmp_path / "worker.log"
    with tenancy.use(opened):
        ann = customer.create(code="ANN", first_name="Ann", group_code="club")
        row = cart.open_for_customer(customer_uuid=ann.pk)
        cart.set_line(cart=row, sku="TEA", quantity=2)
        placed = order.commit(cart=row, idempotency_key="k")
        event = OutboxEvent.objects.get(subject=f"order:{placed.pk}")
        assert event.delivered_at is None, "nothing is delivered in this process"

        def is_delivered() -> bool:
            return OutboxEvent.objects.get(pk=event.pk).delivered_at is not None

        def is_refreshed() -> bool:
            return CustomerInsight.objects.filter(
                customer=ann, is_stale=False, order_count=1
            ).exists()

        wait_for(is_delivered, worker, log)
        wait_for(is_refreshed, worker, log)
        insight = CustomerInsight.objects.get()
        assert (insight.net_total_amount, insight.segment) == (800, "recent")
