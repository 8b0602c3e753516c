"""A process of its own that commits a cart and is killed at its n-th statement.

``python -m tests.omniman.killed_commit CART KEY STATEMENT``
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import django
from django.db import connection
from django.test import override_settings

if __name__ == "__main__":
    django.setup()
    from omniman.models import Cart  # the apps are ready only now
    from omniman.services import order
    from shopman import tenancy
    from tests.omniman.conftest import PRICES

    cart, key, left = sys.argv[1], sys.argv[2], [int(sys.argv[3])]

    def kill_at(execute: Callable[..., Any], *arguments: Any) -> Any:
        left[0] -= 1
        found = execute(*arguments)
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    row = Cart.all_tenants.select_related("tenant").get(pk=cart)
    with (
        override_settings(OMNIMAN={"PRICES": PRICES}),
        tenancy.use(row.tenant),
        connection.execute_wrapper(kill_at),
    ):
        order.commit(cart=row, idempotency_key=key)
