"""The first step of a shop: something to sell."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from offerman.models import Product
from shopman import dashboard
from shopman.dashboard import Link, Step


def _new_product() -> Link:
    return Link(href=reverse("admin:offerman_product_add"), text=_("New product"))


dashboard.register(
    Step(
        key="offerman.first-product",
        title=_("Say what you sell"),
        text=_("Add a product and its price, or import a whole price list."),
        link=_new_product,
        is_done=lambda: Product.objects.exists(),
        position=10,
    )
)
