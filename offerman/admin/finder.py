"""Products in the admin's search."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from offerman.models import Product
from shopman import finders, money
from shopman.finders import Finder, Found
from shopman.text import accent_free_pattern, fold


def products(request: HttpRequest, text: str, limit: int) -> Sequence[Found]:
    """Products by a part of their SKU or name, case and accents aside. One query."""
    if not fold(text):
        return []
    wanted = Q(sku__icontains=text) | Q(name__iregex=accent_free_pattern(text))
    return [
        Found(
            title=row.name,
            about=f"{row.sku} · {money.shown(row.base_price_amount, row.currency)}",
            address=reverse("admin:offerman_product_change", args=[row.pk]),
        )
        for row in Product.objects.filter(wanted).order_by("-is_active", "name", "uuid")[:limit]
    ]


finders.register(
    Finder(key="products", title=_("Product"), icon="inventory_2", find=products, position=30)
)
