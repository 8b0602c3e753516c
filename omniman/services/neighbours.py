"""The neighbours omniman asks, found through settings when they are asked."""

from __future__ import annotations

from omniman.conf import conf
from omniman.protocols.customer import CustomerDirectory
from omniman.protocols.pricing import PriceBook
from shopman.ports import Port

customers: Port[CustomerDirectory] = Port(
    CustomerDirectory,
    setting='OMNIMAN["CUSTOMER_DIRECTORY"]',
    path=lambda: conf.CUSTOMER_DIRECTORY,
)

prices: Port[PriceBook] = Port(
    PriceBook, setting='OMNIMAN["PRICE_BOOK"]', path=lambda: conf.PRICE_BOOK
)
