"""Settings of offerman: ``OFFERMAN = {...}``."""

from __future__ import annotations

from shopman.conf import AppSettings


class OffermanSettings(AppSettings):
    namespace = "OFFERMAN"

    #: Dotted path of the callable ``(customer_code) -> price list code or None``.
    CUSTOMER_PRICE_LIST: str = "offerman.protocols.customer.no_price_list"
    #: Code of the channel whose price list storefront callers are quoted from; None: no channel.
    #: The same as the channel of the storefront's carts, or a quote is not what an order costs.
    STORE_CHANNEL: str | None = "web"


conf = OffermanSettings()
