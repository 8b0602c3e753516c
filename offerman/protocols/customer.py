"""What offerman asks about customers: which price list a customer code is entitled to."""

from __future__ import annotations

from typing import Protocol


class CustomerPriceList(Protocol):
    def __call__(self, customer_code: str, /) -> str | None:
        """The code of the customer's price list, or None when the customer has none of their own.

        At most one query. Raises a ``shopman.errors.Failure`` for a code nobody has.
        """
        ...


def no_price_list(customer_code: str, /) -> str | None:
    """Nobody has a price list of their own: prices come from the channel's list or the product."""
    return None
