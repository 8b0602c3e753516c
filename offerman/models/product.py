"""What is sold."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shopman.models import TenantManager, TenantModel, TenantQuerySet


class ProductQuerySet(TenantQuerySet["Product"]):
    def active(self) -> ProductQuerySet:
        """Products that are still sold."""
        return self.filter(is_active=True)


class Product(TenantModel):  # type: ignore[django-manager-missing]
    """A thing with a SKU and a price that holds where no price list says otherwise."""

    sku = models.CharField(_("SKU"), max_length=64)
    name = models.CharField(_("name"), max_length=200)
    #: What one is: ``each``, ``kg``, ``box`` ...
    unit = models.CharField(_("unit"), max_length=16, default="each")
    base_price_amount = models.BigIntegerField(
        _("base price"), help_text=_("In minor units of the currency (cents).")
    )
    currency = models.CharField(_("currency"), max_length=3)
    is_active = models.BooleanField(_("active"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects = TenantManager.from_queryset(ProductQuerySet)()  # type: ignore[misc]
    all_tenants = ProductQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "sku"], name="product_sku"),
            models.CheckConstraint(condition=~Q(sku=""), name="product_sku_given"),
            models.CheckConstraint(
                condition=Q(base_price_amount__gte=0), name="product_base_price_not_negative"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "name", "uuid"], name="product_by_name"),
            models.Index(fields=["tenant", "-updated_at", "-uuid"], name="product_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"

    @property
    def subject(self) -> str:
        """Its name in the audit trail."""
        return f"product:{self.uuid}"
