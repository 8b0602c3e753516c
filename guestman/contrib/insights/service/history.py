"""The order history this project reads from."""

from __future__ import annotations

from guestman.conf import conf
from guestman.protocols.orders import OrderHistoryBackend
from shopman.ports import Port

order_history: Port[OrderHistoryBackend] = Port(
    OrderHistoryBackend,
    setting="GUESTMAN['ORDER_HISTORY_BACKEND']",
    path=lambda: conf.ORDER_HISTORY_BACKEND,
)
