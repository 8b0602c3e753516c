"""What staff should look at: claims that the rules left undecided."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guestman.models import Customer
from shopman import clock
from shopman.models import TenantManager, TenantModel, TenantQuerySet


class ReviewItemQuerySet(TenantQuerySet["ReviewItem"]):
    def open(self) -> ReviewItemQuerySet:
        """Those nobody settled yet."""
        return self.filter(status="open")

    def between_one(self, customer: uuid.UUID) -> ReviewItemQuerySet:
        """Conflicts all of whose customers are this one by now."""
        others = ReviewParty.objects.filter(item=models.OuterRef("pk")).exclude(
            Q(customer=customer) | Q(customer__merged_into=customer)
        )
        return self.filter(
            ~models.Exists(others), kind=ReviewItem.Kind.CONFLICT, parties__customer=customer
        )

    def visible_to(self, organizations: Collection[uuid.UUID]) -> ReviewItemQuerySet:
        """Items none of whose customers is hidden from the reader; all without any limit."""
        if not organizations:
            return self.all()
        hidden = ReviewParty.objects.filter(item=models.OuterRef("pk")).exclude(
            Q(customer__organization__isnull=True) | Q(customer__organization__in=organizations)
        )
        return self.filter(~models.Exists(hidden))

    def in_reading_order(self) -> ReviewItemQuerySet:
        """The latest first, with a unique tail."""
        return self.order_by("-created_at", "-uuid")


class ReviewItem(TenantModel):  # type: ignore[django-manager-missing]
    """One matter for staff. The same matter is open once, however often it comes up."""

    class Kind(models.TextChoices):
        CONFLICT = "conflict", _("Claims of several customers")
        PENDING = "pending", _("Only claimed")
        SHARED = "shared", _("Many share it")
        LIMIT = "limit", _("Too many of one kind")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        RESOLVED = "resolved", _("Settled")

    kind = models.CharField(_("matter"), max_length=16, choices=Kind)
    #: SHA-256 of the kind, the customers and the families in question; of no contact.
    digest = models.CharField(max_length=64, editable=False)
    #: ``{family: masked value}``.
    values = models.JSONField(_("values"), default=dict)
    source = models.CharField(_("source"), max_length=64, blank=True)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.OPEN)
    created_at = models.DateTimeField(_("since"), default=clock.now)
    resolved_at: models.DateTimeField[dt.datetime | None, dt.datetime | None] = (
        models.DateTimeField(_("settled"), null=True, blank=True)
    )
    resolved_by = models.CharField(_("settled by"), max_length=200, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    #: The merge that settled it, whose being taken back opens it again.
    settled_by_merge = models.UUIDField(null=True, editable=False)
    customers: models.ManyToManyField[Customer, ReviewParty] = models.ManyToManyField(
        Customer, through="ReviewParty", related_name="review_items", verbose_name=_("customers")
    )

    objects = TenantManager.from_queryset(ReviewItemQuerySet)()  # type: ignore[misc]
    all_tenants = ReviewItemQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("review item")
        verbose_name_plural = _("review items")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "digest"],
                condition=Q(status="open"),
                name="review_item_open_once",
            ),
            models.CheckConstraint(
                condition=Q(status="open", resolved_at__isnull=True)
                | Q(status="resolved", resolved_at__isnull=False),
                name="review_item_resolved_at",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "status", "-created_at"], name="review_item_by_status"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class ReviewParty(TenantModel):
    """A customer a review item is about."""

    item = models.ForeignKey(ReviewItem, on_delete=models.CASCADE, related_name="parties")
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="review_parties", db_index=False
    )
    #: The customer who was chosen for the record at hand.
    is_chosen = models.BooleanField(_("chosen"), default=False)
    #: The merged record, or the identifier, that it came in by (``guestman.services.provenance``).
    came_by = models.UUIDField(null=True, editable=False)

    customer_id: uuid.UUID

    class Meta:
        verbose_name = _("customer of a review item")
        verbose_name_plural = _("customers of a review item")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "item", "customer"], name="review_item_party_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer"], name="review_item_of_customer"),
        ]

    def __str__(self) -> str:
        return str(self.customer_id)
