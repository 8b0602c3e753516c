"""What guestman asks of others, by the paths in ``GUESTMAN``."""

from __future__ import annotations

from guestman.conf import conf
from guestman.protocols.geocoder import Geocoder
from guestman.protocols.identity import IdentityResolver
from guestman.protocols.orders import OrderHistoryBackend
from shopman.ports import Port

order_history: Port[OrderHistoryBackend] = Port(
    OrderHistoryBackend,
    setting="GUESTMAN['ORDER_HISTORY_BACKEND']",
    path=lambda: conf.ORDER_HISTORY_BACKEND,
)
geocoder: Port[Geocoder] = Port(
    Geocoder, setting="GUESTMAN['GEOCODER']", path=lambda: conf.GEOCODER
)
identity_resolver: Port[IdentityResolver] = Port(
    IdentityResolver,
    setting="GUESTMAN['IDENTITY_RESOLVER']",
    path=lambda: conf.IDENTITY_RESOLVER,
)
