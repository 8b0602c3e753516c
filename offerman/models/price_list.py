"""Price lists and the prices in them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from offerman.models.product import Product
from shopman.models import TenantModel


def period_is_ordered(name: str) -> models.CheckConstraint:
    """A period ends after it begins, where both are given."""
    return models.CheckConstraint(
        condition=Q(valid_from__isnull=True)
        | Q(valid_until__isnull=True)
        | Q(valid_from__lt=F("valid_until")),
        name=name,
    )


class PriceList(TenantModel):  # type: ignore[django-manager-missing]
    """Prices for those entitled to it, or for a channel.

    A customer is entitled to a list through ``OFFERMAN["CUSTOMER_PRICE_LIST"]``. ``channel`` names
    the one channel whose list this is; a channel's list that is not public is for named customers
    only, so a caller without a customer code never sees it.
    """

    code = models.CharField(_("code"), max_length=64)
    name = models.CharField(_("name"), max_length=200)
    currency = models.CharField(_("currency"), max_length=3)
    valid_from = models.DateTimeField(_("valid from"), null=True, blank=True)
    #: The first moment at which it no longer holds.
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    is_public = models.BooleanField(_("public"), default=False)
    channel = models.CharField(_("channel"), max_length=64, null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "code"], name="price_list_code"),
            # Null, not empty, is "no channel": nulls do not collide.
            models.UniqueConstraint(fields=["tenant", "channel"], name="price_list_channel"),
            models.CheckConstraint(condition=~Q(code=""), name="price_list_code_given"),
            models.CheckConstraint(
                condition=Q(channel__isnull=True) | ~Q(channel=""), name="price_list_channel_given"
            ),
            period_is_ordered("price_list_period"),
        ]

    def __str__(self) -> str:
        is_said = self.code.casefold() == self.name.casefold()
        return self.name if is_said else f"{self.name} ({self.code})"

    @property
    def subject(self) -> str:
        """Its name in the audit trail."""
        return f"price_list:{self.uuid}"


class PriceListItem(TenantModel):
    """A product's unit price in a list, from a minimum quantity on, in a period.

    Two items of one list, product and minimum quantity never hold at the same time: the service
    locks the list and the product, and an exclusion constraint backs it where PostgreSQL has
    btree_gist.
    """

    price_list = models.ForeignKey(
        PriceList,
        on_delete=models.PROTECT,
        related_name="items",
        verbose_name=_("price list"),
        db_index=False,
    )
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="items", verbose_name=_("product")
    )
    #: Zero: any quantity.
    minimum_quantity = models.DecimalField(
        _("from quantity"), max_digits=12, decimal_places=3, default=0
    )
    amount = models.BigIntegerField(
        _("unit price"), help_text=_("In minor units of the list's currency (cents).")
    )
    valid_from = models.DateTimeField(_("valid from"), null=True, blank=True)
    #: The first moment at which it no longer holds.
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("product prices")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="item_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(minimum_quantity__gte=0), name="item_quantity_not_negative"
            ),
            period_is_ordered("item_period"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["tenant", "price_list", "product", "minimum_quantity", "valid_from"],
                name="item_of_list",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} · {self.price_list}"

    @property
    def subject(self) -> str:
        """Its name in the audit trail."""
        return f"price_list_item:{self.uuid}"
