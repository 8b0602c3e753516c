"""Whose is this? One row for everything a customer can be found by."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guestman.models import Customer
from shopman import clock
from shopman.models import TenantManager, TenantModel, TenantQuerySet

#: Families of identifiers that contact points hold.
CONTACT_FAMILIES = ("phone", "email", "instagram", "facebook", "telegram", "relay")


class CustomerIdentifierQuerySet(TenantQuerySet["CustomerIdentifier"]):
    def in_reading_order(self) -> CustomerIdentifierQuerySet:
        """By kind, oldest first."""
        return self.order_by("family", "first_seen_at", "uuid")


class CustomerIdentifier(TenantModel):
    """A number, address, account, document or card, and the customer it leads to.

    Rows for contact points, external identities and documents are written by the transaction that
    writes those and deleted with them; ``identifiers_check`` proves it. Pending ones were only
    claimed: staff see them, they decide nothing and open no door.
    """

    class Strength(models.TextChoices):
        #: Names one account by construction: a provider's uid, a checked document, a card.
        STRONG = "strong", _("Strong")
        VERIFIED = "verified", _("Verified")
        ASSERTED = "asserted", _("Asserted")
        WEAK = "weak", _("Weak")

    customer = models.ForeignKey(
        Customer,
        on_delete=models.CASCADE,
        related_name="identifiers",
        verbose_name=_("customer"),
        db_index=False,
    )
    #: ``phone``, ``email``, ``whatsapp``, ``document``, a provider, ``loyalty_card`` ...
    kind = models.CharField(_("kind"), max_length=48)
    #: What is compared with one another: ``phone`` for phone and whatsapp, ``provider:<name>`` for
    #: an account there, else the kind.
    family = models.CharField(max_length=48, editable=False)
    value = models.CharField(_("value"), max_length=512)
    #: What is compared, within the family.
    match_key = models.CharField(max_length=520, editable=False)
    #: Of phones: one key for the spellings of a handset. Else empty.
    variant_key = models.CharField(max_length=320, blank=True, editable=False)
    #: Of addresses at some providers: one key for the spellings of a mailbox. Else empty.
    mailbox_key = models.CharField(max_length=254, blank=True, editable=False)
    strength = models.CharField(_("strength"), max_length=8, choices=Strength)
    #: A family's or an office's: findable, never decisive.
    is_shared = models.BooleanField(_("shared"), default=False)
    #: The shop said later that it names nobody: only who proves it is found by it.
    blocked = models.BooleanField(_("blocked"), default=False)
    is_pending = models.BooleanField(_("only claimed"), default=False)
    source = models.CharField(_("source"), max_length=64, blank=True)
    #: The merged record, or the identifier, that it came in by (``guestman.services.provenance``).
    came_by = models.UUIDField(null=True, editable=False)
    first_seen_at = models.DateTimeField(_("first seen"), default=clock.now)
    last_seen_at: models.DateTimeField[dt.datetime, dt.datetime] = models.DateTimeField(
        _("last seen"), default=clock.now
    )

    objects = TenantManager.from_queryset(CustomerIdentifierQuerySet)()  # type: ignore[misc]
    all_tenants = CustomerIdentifierQuerySet.as_manager()  # type: ignore[misc]

    customer_id: uuid.UUID

    class Meta:
        verbose_name = _("identifier")
        verbose_name_plural = _("identifiers")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "family", "match_key"],
                condition=Q(
                    strength__in=["strong", "verified"],
                    is_shared=False,
                    blocked=False,
                    is_pending=False,
                ),
                name="identifier_decisive_owner",
            ),
            models.UniqueConstraint(
                fields=["tenant", "family", "match_key", "customer"], name="identifier_held_once"
            ),
            models.CheckConstraint(
                condition=Q(strength__in=["strong", "verified", "asserted", "weak"]),
                name="identifier_strength_known",
            ),
            models.CheckConstraint(
                condition=Q(is_pending=False) | Q(strength="weak"), name="identifier_pending_weak"
            ),
            models.CheckConstraint(
                condition=~Q(match_key="") & ~Q(family=""), name="identifier_given"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["tenant", "variant_key"],
                condition=~Q(variant_key=""),
                name="identifier_variant",
            ),
            models.Index(
                fields=["tenant", "mailbox_key"],
                condition=~Q(mailbox_key=""),
                name="identifier_mailbox",
            ),
            models.Index(fields=["customer", "family"], name="identifier_of_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.value}"
