"""What happened to orders: rows that are only ever added."""

from __future__ import annotations

from typing import ClassVar, Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from omniman.models.order import Order
from shopman import clock
from shopman.models import AppendOnlyModel


class OrderEvent(AppendOnlyModel):
    """One thing that happened to an order: who did it, why and when."""

    erasable_columns = ("reason", "actor_label")

    COMMITTED: Final = "committed"
    IMPORTED: Final = "imported"
    STATUS_CHANGED: Final = "status_changed"
    REFUNDED: Final = "refunded"
    NOTED: Final = "noted"
    KINDS: Final = {
        COMMITTED: _("Placed"),
        IMPORTED: _("Imported"),
        STATUS_CHANGED: _("Status changed"),
        REFUNDED: _("Refunded"),
        NOTED: _("Note"),
    }

    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, related_name="events", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=16, choices=list(KINDS.items()))
    from_status = models.CharField(_("from"), max_length=16, blank=True)
    to_status = models.CharField(_("to"), max_length=16, blank=True)
    #: Minor units of the order's currency; only refunds have one.
    amount = models.BigIntegerField(_("amount"), null=True, blank=True)
    #: The reason of a change, or the text of a note.
    reason = models.TextField(_("reason"), blank=True)
    #: The caller's key of a refund, so that a repeated call gives money back once.
    idempotency_key = models.CharField(max_length=255, null=True, blank=True)
    #: As in ``shopman.actor``.
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64, blank=True)
    actor_label = models.CharField(_("by"), max_length=200, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(_("at"), default=clock.now)

    class Meta:
        verbose_name = _("order event")
        verbose_name_plural = _("order events")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "order", "idempotency_key"],
                name="order_event_idempotency",
                condition=Q(idempotency_key__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(kind="refunded", amount__gt=0),
                name="order_event_amount",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["order", "uuid"], name="order_event_order"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.order_id}"


class OrderCommit(AppendOnlyModel):
    """The order that one idempotency key of one owner led to; kept for good."""

    #: ``customer:<uuid>``, or ``cart:<uuid>`` for a guest: one owner's keys never meet another's.
    owner = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    #: The cart may be gone by now, hence no foreign key.
    cart_uuid = models.UUIDField()
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="commit_record")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "owner", "key"], name="order_commit_key"),
        ]

    def __str__(self) -> str:
        return self.key


class OrderRedaction(AppendOnlyModel):
    """Leave to replace an order's ``data``: the triggers let exactly the digest named here pass."""

    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, related_name="redactions", db_index=False
    )
    old_digest = models.CharField(max_length=64)
    new_digest = models.CharField(max_length=64)
    reason = models.TextField()
    #: The last day that facts are kept which this redaction left in; None: it left none.
    held_until = models.DateField(null=True)
    #: As in ``shopman.actor``.
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64, blank=True)
    actor_label = models.CharField(max_length=200, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["order", "new_digest"], name="order_redaction_digest"),
            models.Index(
                fields=["tenant", "held_until"],
                name="order_redaction_held",
                condition=Q(held_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.new_digest}"
