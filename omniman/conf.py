"""Settings of omniman: the ``OMNIMAN`` dict."""

from __future__ import annotations

from collections.abc import Mapping

from shopman.conf import AppSettings


class OmnimanSettings(AppSettings):
    """``OMNIMAN``: neighbours, carts, imports, and what counts as revenue."""

    namespace = "OMNIMAN"

    #: Dotted path of the customer directory, an ``omniman.protocols.customer.CustomerDirectory``.
    CUSTOMER_DIRECTORY: str = "omniman.adapters.null.NullCustomerDirectory"
    #: Dotted path of the price book, an ``omniman.protocols.pricing.PriceBook``.
    PRICE_BOOK: str = "omniman.adapters.null.SettingsPriceBook"
    #: Unit prices by SKU in minor units of the tenant's currency, for ``SettingsPriceBook`` alone.
    PRICES: Mapping[str, int] = {}
    #: Statuses whose orders count in history; refunds are taken off whatever the status.
    REVENUE_STATUSES: tuple[str, ...] | list[str] = (
        "placed",
        "confirmed",
        "preparing",
        "ready",
        "dispatched",
        "delivered",
        "completed",
        "returned",
    )
    #: Code of the channel a storefront's carts belong to; made when first needed.
    STORE_CHANNEL: str = "web"
    #: Days after its last change that an anonymous cart is kept.
    GUEST_CART_TTL_DAYS: int = 14
    #: Days after its last change that a customer's cart is kept.
    CUSTOMER_CART_TTL_DAYS: int = 90
    #: Most lines a cart may hold.
    MAX_CART_LINES: int = 200
    #: Most rejected rows of one import that are kept for staff; the others are only counted.
    IMPORT_REJECTS_KEPT: int = 1000
    #: Days after its last change that the rejected rows of an import are kept.
    IMPORT_REJECTS_KEEP_DAYS: int = 90
    #: What an order keeps of an erased person for a while, as paths into ``Order.data``, where the
    #: order names a document (an invoice was made out to it). Empty: nothing is kept.
    ORDER_HOLD_FIELDS: tuple[str, ...] | list[str] = (
        "customer.name",
        "customer.document",
        "billing_address",
    )
    #: Whole years after the year of the order for which those are kept.
    ORDER_HOLD_YEARS: int = 5
    #: The statute that demands it, as staff and the person read it.
    ORDER_HOLD_GROUND: str = "Código Tributário Nacional (Lei 5.172/1966), arts. 173 and 195"
    #: What an order under way keeps of an erased person until it is delivered or cancelled, as
    #: paths into ``Order.data``. Empty: it cannot be delivered any more.
    ORDER_DELIVERY_FIELDS: tuple[str, ...] | list[str] = (
        "customer.name",
        "customer.phone",
        "delivery_address",
    )
    #: Days after it was placed for which an order under way keeps them at most.
    ORDER_DELIVERY_DAYS: int = 90


conf = OmnimanSettings()
