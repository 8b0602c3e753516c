"""Products and their prices."""

from offerman.models.price_list import PriceList, PriceListItem
from offerman.models.product import Product

__all__ = ["PriceList", "PriceListItem", "Product"]
