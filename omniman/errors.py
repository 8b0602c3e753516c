"""What can go wrong with carts and orders."""

from __future__ import annotations

from shopman.errors import BadRequest, Conflict, Gone, Invalid, NotFound, PreconditionFailed


class CartNotFound(NotFound):
    """There is no such cart."""

    code = "cart_not_found"


class CartExpired(Gone):
    """The cart was left too long. Start a new one."""

    code = "cart_expired"


class CartAlreadyOrdered(Conflict):
    """The cart is an order already."""

    code = "cart_already_ordered"


class CartEmpty(Invalid):
    """There is nothing in the cart."""

    code = "cart_empty"


class CartFull(Invalid):
    """The cart cannot hold more products."""

    code = "cart_full"


class InvalidQuantity(Invalid):
    """A quantity is above zero, below 10 to the 9th, with at most three decimal places."""

    code = "invalid_quantity"


class InvalidCheckout(Invalid):
    """What was given for the checkout is not acceptable."""

    code = "invalid_checkout"


class OrderTooLarge(Invalid):
    """The order's total is beyond what can be written down."""

    code = "order_too_large"


class InvalidStatedPrice(Invalid):
    """A stated price is zero or more, and not absurdly high."""

    code = "invalid_stated_price"


class PriceNotYours(Invalid):
    """This channel may not state prices."""

    code = "price_not_yours"


class UnknownSku(Invalid):
    """There is no such product."""

    code = "unknown_sku"


class PricingMismatch(Conflict):
    """The price book did not price the lines that were asked for."""

    code = "pricing_mismatch"


class CustomerUnavailable(Conflict):
    """The customer is not known, or is not active."""

    code = "customer_unavailable"


class ChannelNotFound(NotFound):
    """There is no such channel, or it is closed."""

    code = "channel_not_found"


class ChannelCodeTaken(Conflict):
    """Another channel has this code."""

    code = "channel_code_taken"


class StaleVersion(PreconditionFailed):
    """Somebody changed this since you read it."""

    code = "stale_version"


class InvalidChannel(Invalid):
    """A channel needs a code of small letters, digits, dots, dashes and underscores, and a name."""

    code = "invalid_channel"


class InvalidChannelSettings(InvalidChannel):
    """The settings of a channel are one object of names and values."""

    code = "invalid_channel_settings"


class OrderNotFound(NotFound):
    """There is no such order."""

    code = "order_not_found"


class InvalidIdempotencyKey(BadRequest):
    """An idempotency key is 1 to 255 visible ASCII characters."""

    code = "invalid_idempotency_key"


class IdempotencyKeyRequired(BadRequest):
    """Send an Idempotency-Key, so that an order sent twice is placed once."""

    code = "idempotency_key_required"


class IdempotencyKeyReused(Invalid):
    """The idempotency key was used for something else."""

    code = "idempotency_key_reused"


class TransitionRefused(Conflict):
    """The order cannot move from its present status to that one."""

    code = "transition_refused"


class OrderChanged(Conflict):
    """Somebody else changed this order meanwhile; nothing was done."""

    code = "order_changed"


class RefundRefused(Conflict):
    """The order has less left to refund than that."""

    code = "refund_refused"


class InvalidRefund(Invalid):
    """A refund is above zero and has a reason."""

    code = "invalid_refund"


class EmptyNote(Invalid):
    """The note says nothing."""

    code = "empty_note"


class UnknownMapping(NotFound):
    """There is no such mapping: name a built-in one or a TOML file."""

    code = "unknown_mapping"


class InvalidMapping(Invalid):
    """The mapping does not say how the file is to be read."""

    code = "invalid_mapping"


class UnreadableOrderFile(Invalid):
    """The file cannot be read."""

    code = "unreadable_order_file"


class ForeignCurrency(Invalid):
    """The file is in another currency than the shop's."""

    code = "foreign_currency"


class ImportTakenOver(Conflict):
    """Another run of the same import went on meanwhile; this one stops here."""

    code = "import_taken_over"
