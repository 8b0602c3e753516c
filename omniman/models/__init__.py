"""What omniman keeps: channels, carts, and orders that never change."""

from omniman.models.cart import Cart, CartLine
from omniman.models.channel import Channel
from omniman.models.event import OrderCommit, OrderEvent, OrderRedaction
from omniman.models.import_run import ImportReject, ImportRun
from omniman.models.order import Order, OrderLine

__all__ = [
    "Cart",
    "CartLine",
    "Channel",
    "ImportReject",
    "ImportRun",
    "Order",
    "OrderCommit",
    "OrderEvent",
    "OrderLine",
    "OrderRedaction",
]
