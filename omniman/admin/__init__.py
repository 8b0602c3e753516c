"""Orders, carts and channels in the admin."""

from omniman.admin import customer_panels, dashboard, finder, trail
from omniman.admin.cart import CartAdmin
from omniman.admin.channel import ChannelAdmin
from omniman.admin.import_run import ImportRunAdmin
from omniman.admin.order import OrderAdmin

__all__ = [
    "CartAdmin",
    "ChannelAdmin",
    "ImportRunAdmin",
    "OrderAdmin",
    "customer_panels",
    "dashboard",
    "finder",
    "trail",
]
