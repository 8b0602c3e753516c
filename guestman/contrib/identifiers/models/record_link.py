"""Whose a record of another app or another system is."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from guestman.models import Customer
from shopman import clock
from shopman.models import TenantManager, TenantModel, TenantQuerySet


class RecordLinkQuerySet(TenantQuerySet["RecordLink"]):
    def in_reading_order(self) -> RecordLinkQuerySet:
        """The latest first, with a unique tail."""
        return self.order_by("-linked_at", "-uuid")


class RecordLink(TenantModel):
    """A record (an order, a lead, a booking) belongs to a customer, and how sure that is.

    The record itself is not changed. A link on evidence U is for staff only: never on the shopper's
    pages, never in insights, until it is proved.
    """

    class Evidence(models.TextChoices):
        VERIFIED = "V", _("Verified")
        ASSERTED = "A", _("Asserted")
        UNTRUSTED = "U", _("Not trusted")

    #: What kind of record, as its app registered it: ``order`` ...
    source_type = models.CharField(_("record"), max_length=48)
    #: Its key there.
    source_id = models.CharField(_("key"), max_length=128)
    customer = models.ForeignKey(
        Customer,
        on_delete=models.CASCADE,
        related_name="record_links",
        verbose_name=_("customer"),
        db_index=False,
    )
    #: What matched: a family of identifiers, or ``new`` for a customer made for the record.
    method = models.CharField(_("matched by"), max_length=48)
    evidence = models.CharField(_("evidence"), max_length=1, choices=Evidence)
    #: 0 to 1, by the row of the decision table.
    confidence = models.FloatField(_("confidence"))
    #: The merged record, or the identifier, that it came in by (``guestman.services.provenance``).
    came_by = models.UUIDField(null=True, editable=False)
    linked_at: models.DateTimeField[dt.datetime, dt.datetime] = models.DateTimeField(
        _("linked"), default=clock.now
    )

    objects = TenantManager.from_queryset(RecordLinkQuerySet)()  # type: ignore[misc]
    all_tenants = RecordLinkQuerySet.as_manager()  # type: ignore[misc]

    customer_id: uuid.UUID

    class Meta:
        verbose_name = _("linked record")
        verbose_name_plural = _("linked records")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "source_type", "source_id"], name="record_linked_once"
            ),
            models.CheckConstraint(
                condition=models.Q(evidence__in=["V", "A", "U"]), name="record_evidence_known"
            ),
            models.CheckConstraint(
                condition=models.Q(confidence__gte=0, confidence__lte=1),
                name="record_confidence_range",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["customer", "source_type", "-linked_at", "-uuid"],
                name="record_of_customer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_type} {self.source_id}"
