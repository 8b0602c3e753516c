"""Named failures of offerman."""

from __future__ import annotations

from shopman.errors import Conflict, Invalid, NotFound, PreconditionFailed


class ProductNotFound(NotFound):
    """There is no such product."""

    code = "product_not_found"


class PriceListNotFound(NotFound):
    """There is no such price list."""

    code = "price_list_not_found"


class PriceListItemNotFound(NotFound):
    """There is no such price in this list."""

    code = "price_list_item_not_found"


class SkuTaken(Conflict):
    """Another product has this SKU."""

    code = "sku_taken"


class PriceListCodeTaken(Conflict):
    """Another price list has this code."""

    code = "price_list_code_taken"


class ChannelTaken(Conflict):
    """Another price list is already the list of this channel."""

    code = "channel_taken"


class OverlappingItem(Conflict):
    """The product already has a price for this quantity in part of this period."""

    code = "overlapping_item"


class PreviewOutdated(Conflict):
    """The price list or the file changed since the preview. Look at a new preview first."""

    code = "preview_outdated"


class InvalidImport(Invalid):
    """The file has lines that cannot be imported; nothing was changed."""

    code = "invalid_import"


class InvalidPrice(Invalid):
    """A price is a whole number of minor units, from zero to 10 to the 15th."""

    code = "invalid_price"


class InvalidPeriod(Invalid):
    """A period ends after it begins."""

    code = "invalid_period"


class InvalidCurrency(Invalid):
    """A currency is three capital letters (ISO 4217)."""

    code = "invalid_currency"


class BlankText(Invalid):
    """This cannot be empty."""

    code = "blank"


class InvalidLine(Invalid):
    """A line to price says ``sku`` and ``quantity``, and nothing else."""

    code = "invalid_line"


class NoLines(Invalid):
    """There is nothing to price."""

    code = "no_lines"


class InvalidQuantity(Invalid):
    """A quantity is positive, below 10 to the 9th, with at most three decimal places."""

    code = "invalid_quantity"


class UnknownPriceList(Invalid):
    """The customer is entitled to a price list that does not exist."""

    code = "unknown_price_list"


class UnknownSku(Invalid):
    """No product has this SKU."""

    code = "unknown_sku"


class RetiredSku(Invalid):
    """This product is no longer sold."""

    code = "retired_sku"


class MixedCurrency(Invalid):
    """Prices in different currencies do not go together."""

    code = "mixed_currency"


class AmountTooLarge(Invalid):
    """The total is larger than can be charged."""

    code = "amount_too_large"


class TextTooLong(Invalid):
    """This is too long."""

    code = "too_long"


class StaleVersion(PreconditionFailed):
    """Somebody changed this since you read it."""

    code = "stale_version"


class UnreadableFile(Invalid):
    """This is not a price file: its first line must name the columns."""

    code = "unreadable_file"
