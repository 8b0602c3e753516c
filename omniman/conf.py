"""Settings of omniman: the ``OMNIMAN`` dict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.core.checks import CheckMessage, Error

from omniman.rules.status import Status
from shopman.conf import AppSettings


class OmnimanSettings(AppSettings):
    """``OMNIMAN``: neighbours, carts, and what counts as revenue."""

    namespace = "OMNIMAN"

    #: Dotted path of the customer directory, an ``omniman.protocols.customer.CustomerDirectory``.
    CUSTOMER_DIRECTORY: str = "omniman.adapters.null.NullCustomerDirectory"
    #: Dotted path of the price book, an ``omniman.protocols.pricing.PriceBook``.
    PRICE_BOOK: str = "omniman.adapters.null.SettingsPriceBook"
    #: Unit prices by SKU in minor units of the tenant's currency, for ``SettingsPriceBook`` alone.
    PRICES: Mapping[str, int] = {}
    #: Statuses whose orders count in history; refunds are taken off whatever the status.
    REVENUE_STATUSES: tuple[str, ...] | list[str] = tuple(
        status.value for status in Status if status is not Status.CANCELLED
    )
    #: Code of the channel a storefront's carts belong to; made when first needed.
    STORE_CHANNEL: str = "web"
    #: Days after its last change that an anonymous cart is kept.
    GUEST_CART_TTL_DAYS: int = 14
    #: Days after its last change that a customer's cart is kept.
    CUSTOMER_CART_TTL_DAYS: int = 90
    #: Most lines a cart may hold.
    MAX_CART_LINES: int = 200

    @classmethod
    def _complaints(cls) -> Iterator[CheckMessage]:
        yield from super()._complaints()
        for status in cls.given().get("REVENUE_STATUSES", ()):
            if status not in set(Status):
                yield Error(
                    f'OMNIMAN["REVENUE_STATUSES"] names {status!r}, which no order can have.',
                    hint=f"Known: {', '.join(Status)}.",
                    id="omniman.E002",
                )


conf = OmnimanSettings()
