"""What omniman keeps by a customer's uuid."""

from __future__ import annotations

from omniman.models import Cart, Order
from shopman import subjects
from shopman.subjects import Belonging, Subject


def connect() -> None:
    """Register; called when the app is ready."""
    # An order is never rewritten: it is found by the uuid it was placed with, through the alias.
    subjects.register(Subject(key="omniman.orders", models=(Order,)))
    subjects.register(
        Subject(
            key="omniman.carts",
            models=(Cart,),
            reassign=(Belonging(model=Cart, column="customer_uuid"),),
        )
    )
