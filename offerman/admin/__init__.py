"""Prices in the admin. Every change goes through the services."""

from offerman.admin import dashboard, finder, trail
from offerman.admin.price_list import PriceListAdmin, PriceListItemAdmin
from offerman.admin.product import ProductAdmin

__all__ = [
    "PriceListAdmin",
    "PriceListItemAdmin",
    "ProductAdmin",
    "dashboard",
    "finder",
    "trail",
]
