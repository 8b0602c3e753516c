"""Carts: what a shopper means to order. They change freely until they become an order."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from omniman.models.channel import Channel
from shopman import clock
from shopman.models import OrganizationModel, TenantModel


class Cart(OrganizationModel):  # type: ignore[django-manager-missing]
    """Owned by a customer, or by whoever holds the key; the key itself is not stored."""

    channel = models.ForeignKey(
        Channel,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("channel"),
    )
    #: SHA-256 (hex) of the anonymous owner's key; None once the cart belongs to a customer.
    key_hash = models.CharField(max_length=64, null=True, editable=False)
    customer_uuid = models.UUIDField(_("customer"), null=True, blank=True)
    #: What a guest gave for this checkout only; emptied when the order is placed. Canonical.
    guest_name = models.CharField(_("guest's name"), max_length=200, blank=True)
    guest_email = models.CharField(_("guest's e-mail"), max_length=254, blank=True)
    guest_phone = models.CharField(_("guest's phone"), max_length=64, blank=True)
    delivery_address = models.JSONField(_("delivery address"), null=True, blank=True)
    billing_address = models.JSONField(_("billing address"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires"))
    committed_at = models.DateTimeField(_("ordered"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)
    updated_at = models.DateTimeField(_("changed"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("cart")
        verbose_name_plural = _("carts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "key_hash"], name="cart_key", condition=Q(key_hash__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["tenant", "customer_uuid", "channel"],
                name="cart_open_of_customer",
                condition=Q(customer_uuid__isnull=False, committed_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(key_hash__isnull=True) ^ Q(customer_uuid__isnull=True),
                name="cart_one_owner",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["expires_at"], name="cart_expiry", condition=Q(committed_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class CartLine(TenantModel):
    """One product in a cart; a product is there once."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines", db_index=False)
    sku = models.CharField(_("SKU"), max_length=100)
    quantity = models.DecimalField(_("quantity"), max_digits=15, decimal_places=3)
    #: Minor units; only a trusted channel may state one, else the price book decides.
    stated_unit_price_amount = models.BigIntegerField(_("stated price"), null=True, blank=True)
    added_at = models.DateTimeField(_("added"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("cart line")
        verbose_name_plural = _("cart lines")
        constraints: ClassVar = [
            # Starts with the tenant and then serves every look-up by cart.
            models.UniqueConstraint(fields=["tenant", "cart", "sku"], name="cart_line_sku"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="cart_line_quantity"),
            models.CheckConstraint(
                condition=Q(stated_unit_price_amount__isnull=True)
                | Q(stated_unit_price_amount__gte=0),
                name="cart_line_stated_price",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku}"
