"""Orders. What an order says never changes; only its status and what was refunded move on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Final

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from omniman.models.channel import Channel
from omniman.rules.status import Kind, Status
from shopman import clock
from shopman.models import (
    AppendOnlyModel,
    Immutable,
    OrganizationModel,
    TenantManager,
    TenantQuerySet,
)

KIND_LABELS: Final = {Kind.SALE: _("Sale"), Kind.RETURN: _("Return")}
STATUS_LABELS: Final = {
    Status.PLACED: _("Placed"),
    Status.CONFIRMED: _("Confirmed"),
    Status.PREPARING: _("Preparing"),
    Status.READY: _("Ready"),
    Status.DISPATCHED: _("Dispatched"),
    Status.DELIVERED: _("Delivered"),
    Status.COMPLETED: _("Completed"),
    Status.CANCELLED: _("Cancelled"),
    Status.RETURNED: _("Returned"),
}

#: The only columns of an order that may change; the triggers protect all the others.
CHANGEABLE: Final = frozenset({"status", "refunded_amount", "updated_at"})


#: A name as guests' orders are looked up by it. An expression of the index ``order_guest_name``.
GUEST_NAME: Final = Lower(KeyTextTransform("name", KeyTextTransform("customer", "data")))


class OrderQuerySet(TenantQuerySet["Order"]):
    """Reads are free; the only writes are new orders and their status and refunds."""

    def of_guest(self, name: str) -> OrderQuerySet:
        """Orders of guests who gave exactly this name, in capitals or not."""
        return (
            self.filter(customer_uuid__isnull=True)
            .alias(guest_name=GUEST_NAME)
            .filter(guest_name=Lower(Value(name)))
        )

    def update(self, **values: Any) -> int:
        if not CHANGEABLE.issuperset(values):
            raise Immutable
        return super().update(**values)

    def bulk_update(self, objs: Iterable[Order], fields: Iterable[str], **kwargs: Any) -> int:  # type: ignore[override]  # as the kernel's
        names = list(fields)
        if not CHANGEABLE.issuperset(names):
            raise Immutable
        return super().bulk_update(objs, names, **kwargs)

    def bulk_create(self, objs: Iterable[Order], *args: Any, **kwargs: Any) -> list[Order]:
        if kwargs.get("update_conflicts"):
            raise Immutable
        return super().bulk_create(objs, *args, **kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise Immutable


class Order(OrganizationModel):  # type: ignore[django-manager-missing]
    """An order as it was placed. ``data`` holds the frozen facts, see ``omniman.rules.snapshot``.

    A customer's orders are found by ``customer_uuid``; guests have neither uuid nor code.
    """

    #: What people read to each other, see ``omniman.rules.refs``.
    ref = models.CharField(_("reference"), max_length=32)
    channel = models.ForeignKey(
        Channel,
        on_delete=models.PROTECT,
        related_name="orders",
        db_index=False,
        verbose_name=_("channel"),
    )
    kind = models.CharField(
        _("kind"), max_length=8, choices=list(KIND_LABELS.items()), default=Kind.SALE
    )
    customer_uuid = models.UUIDField(_("customer"), null=True, blank=True)
    customer_code = models.CharField(_("customer code"), max_length=100, null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=16, choices=list(STATUS_LABELS.items()), default=Status.PLACED
    )
    #: ISO 4217.
    currency = models.CharField(_("currency"), max_length=3)
    #: Minor units; negative or zero for a return.
    total_amount = models.BigIntegerField(_("total"))
    #: Minor units given back so far, never more than the total.
    refunded_amount = models.BigIntegerField(_("refunded"), default=0)
    placed_at = models.DateTimeField(_("placed"))
    #: The system an imported order comes from, and its name there; empty and None for our own.
    source = models.CharField(_("source"), max_length=64, blank=True)
    external_ref = models.CharField(_("external reference"), max_length=200, null=True, blank=True)
    data = models.JSONField(_("frozen facts"))
    #: SHA-256 (hex) of the canonical JSON of ``data``.
    data_digest = models.CharField(_("digest"), max_length=64)
    #: When the row was written, or its status or refunds last changed.
    updated_at = models.DateTimeField(_("changed"), default=clock.now, editable=False)

    objects: ClassVar[TenantManager[Any]] = TenantManager.from_queryset(OrderQuerySet)()
    all_tenants: ClassVar[models.Manager[Any]] = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "ref"], name="order_ref"),
            models.UniqueConstraint(
                fields=["tenant", "source", "external_ref"],
                name="order_external_ref",
                condition=Q(external_ref__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="order_currency"
            ),
            models.CheckConstraint(condition=Q(kind__in=list(KIND_LABELS)), name="order_kind"),
            models.CheckConstraint(
                condition=Q(status__in=list(STATUS_LABELS)), name="order_status"
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.SALE, total_amount__gte=0)
                | Q(kind=Kind.RETURN, total_amount__lte=0),
                name="order_total_sign",
            ),
            models.CheckConstraint(
                condition=Q(refunded_amount=0)
                | Q(refunded_amount__gt=0, refunded_amount__lte=models.F("total_amount")),
                name="order_refunded_within_total",
            ),
        ]
        indexes: ClassVar = [
            # Everything history asks about an order, so that it never visits the wide rows.
            models.Index(
                fields=[
                    "tenant",
                    "customer_uuid",
                    "placed_at",
                    "kind",
                    "status",
                    "currency",
                    "channel",
                    "total_amount",
                    "refunded_amount",
                    "uuid",
                ],
                name="order_history",
                condition=Q(customer_uuid__isnull=False),
            ),
            models.Index(
                fields=["tenant", "customer_code", "-placed_at", "-uuid"],
                name="order_customer_code",
                condition=Q(customer_code__isnull=False),
            ),
            models.Index(fields=["tenant", "-placed_at", "-uuid"], name="order_recent"),
            models.Index(
                fields=["tenant", "status", "-placed_at", "-uuid"], name="order_by_status"
            ),
            models.Index(
                fields=["tenant", "updated_at", "customer_uuid"],
                name="order_changed",
                condition=Q(customer_uuid__isnull=False),
            ),
            models.Index(
                F("tenant"),
                GUEST_NAME,
                name="order_guest_name",
                condition=Q(customer_uuid__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    def save(self, *args: Any, **kwargs: Any) -> None:
        fields = kwargs.get("update_fields")
        if not self._state.adding and (fields is None or not CHANGEABLE.issuperset(fields)):
            raise Immutable
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise Immutable

    @property
    def net_amount(self) -> int:
        """What remains of the total after refunds, in minor units."""
        return self.total_amount - self.refunded_amount


class OrderLine(AppendOnlyModel):
    """One line as it was priced, in columns; ``Order.data`` has the same with the price's trace."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines", db_index=False)
    #: From 1, in the order of the cart.
    position = models.PositiveIntegerField(_("position"))
    sku = models.CharField(_("SKU"), max_length=100)
    name = models.CharField(_("name"), max_length=300, blank=True)
    #: Negative in a return.
    quantity = models.DecimalField(_("quantity"), max_digits=15, decimal_places=3)
    #: Minor units of the order's currency, as the three amounts below.
    unit_price_amount = models.BigIntegerField(_("unit price"))
    discount_amount = models.BigIntegerField(_("discount"), default=0)
    total_amount = models.BigIntegerField(_("total"))
    price_list_code = models.CharField(_("price list"), max_length=100, blank=True)
    rule = models.CharField(_("pricing rule"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(quantity=0), name="order_line_quantity"),
            models.CheckConstraint(condition=Q(unit_price_amount__gte=0), name="order_line_price"),
        ]
        indexes: ClassVar = [
            # Covers favourite products, and serves the look-up of an order's lines.
            models.Index(fields=["order", "sku", "quantity"], name="order_line_products"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku}"
