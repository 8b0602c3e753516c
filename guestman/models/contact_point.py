"""How a customer is reached, and how well that is proved."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guestman.models.customer import Customer
from shopman import clock
from shopman.models import AppendOnlyModel, OrganizationModel, TenantManager, TenantQuerySet


class Method(models.TextChoices):
    """How a contact was verified."""

    UNVERIFIED = "unverified", _("Not verified")
    CHANNEL_ASSERTED = "channel_asserted", _("Signed message of the channel")
    OTP_SMS = "otp_sms", _("Code by SMS")
    OTP_WHATSAPP = "otp_whatsapp", _("Code by WhatsApp")
    EMAIL_LINK = "email_link", _("Code or link by e-mail")
    OAUTH = "oauth", _("Login provider")
    MANUAL = "manual", _("By staff")


class ContactPointQuerySet(TenantQuerySet["ContactPoint"]):
    def live(self) -> ContactPointQuerySet:
        """Contacts that were not released."""
        return self.filter(released_at__isnull=True)

    def with_key(self, family: str, match_key: str) -> ContactPointQuerySet:
        """Live contacts of one number or address, whoever holds it."""
        return self.filter(family=family, match_key=match_key, released_at__isnull=True)

    def owning(self) -> ContactPointQuerySet:
        """Verified, not shared and live: at most one for a number or address."""
        return self.filter(evidence="V", is_shared=False, released_at__isnull=True)


class ContactPoint(OrganizationModel):  # type: ignore[django-manager-missing]
    """A phone number, e-mail address or account name of a customer.

    A customer holds a number once: as ``phone`` or as ``whatsapp``, which are one family.
    Released ones stay as history and are found by nobody.
    """

    class Kind(models.TextChoices):
        PHONE = "phone", _("Phone")
        EMAIL = "email", _("E-mail")
        WHATSAPP = "whatsapp", _("WhatsApp")
        INSTAGRAM = "instagram", _("Instagram")
        FACEBOOK = "facebook", _("Facebook")
        TELEGRAM = "telegram", _("Telegram")
        RELAY = "relay", _("Marketplace relay")

    class Evidence(models.TextChoices):
        VERIFIED = "V", _("Verified")
        ASSERTED = "A", _("Asserted")
        UNTRUSTED = "U", _("Not trusted")

    Method = Method

    #: Set when the app is ready; models do not know the services.
    verify_with: ClassVar[Callable[..., ContactPoint]]

    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        related_name="contact_points",
        verbose_name=_("customer"),
        db_index=False,
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    #: ``phone`` for phone and whatsapp, else the kind.
    family = models.CharField(max_length=16, editable=False)
    #: As given.
    value = models.CharField(_("value"), max_length=320)
    #: E.164 (with ``;ext=``), canonical e-mail, or the name without decoration.
    canonical = models.CharField(_("canonical form"), max_length=320, editable=False)
    #: What is compared; for a phone the extension is part of it.
    match_key = models.CharField(max_length=320, editable=False)
    #: One key for the spellings that reach the same handset; the match key for all else.
    variant_key = models.CharField(max_length=320, editable=False)
    evidence = models.CharField(_("evidence"), max_length=1, choices=Evidence, editable=False)
    source = models.CharField(_("source"), max_length=64, blank=True)
    is_primary = models.BooleanField(_("primary"), default=False, editable=False)
    #: A family's or an office's: findable, never decisive.
    is_shared = models.BooleanField(_("shared"), default=False)
    verification_method = models.CharField(
        _("verified by"),
        max_length=16,
        choices=Method,
        default=Method.UNVERIFIED,
        editable=False,
    )
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True, editable=False)
    #: When its holder last proved to have it.
    last_seen_at = models.DateTimeField(_("last proved"), null=True, blank=True, editable=False)
    released_at = models.DateTimeField(_("released"), null=True, blank=True, editable=False)
    #: The merged record, or the identifier, that it came in by (``guestman.services.provenance``).
    came_by = models.UUIDField(null=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)

    objects = TenantManager.from_queryset(ContactPointQuerySet)()  # type: ignore[misc]
    all_tenants = ContactPointQuerySet.as_manager()  # type: ignore[misc]

    customer_id: uuid.UUID

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "family", "match_key"],
                condition=Q(evidence="V", is_shared=False, released_at__isnull=True),
                name="contact_verified_owner",
            ),
            models.UniqueConstraint(
                fields=["tenant", "customer", "kind"],
                condition=Q(is_primary=True, released_at__isnull=True),
                name="contact_one_primary",
            ),
            models.UniqueConstraint(
                fields=["tenant", "customer", "family", "match_key"],
                condition=Q(released_at__isnull=True),
                name="contact_held_once",
            ),
            models.CheckConstraint(
                condition=Q(evidence__in=["V", "A", "U"]), name="contact_evidence_known"
            ),
            models.CheckConstraint(
                condition=(Q(evidence="V", verified_at__isnull=False))
                & ~Q(verification_method="unverified")
                | ~Q(evidence="V") & Q(verified_at__isnull=True, verification_method="unverified"),
                name="contact_verified_is_evidence",
            ),
            models.CheckConstraint(
                condition=Q(is_primary=False) | Q(released_at__isnull=True),
                name="contact_released_not_primary",
            ),
            models.CheckConstraint(condition=~Q(match_key=""), name="contact_key_given"),
            models.CheckConstraint(
                condition=Q(kind__in=["phone", "whatsapp"], family="phone")
                | ~Q(kind__in=["phone", "whatsapp"]) & Q(family=models.F("kind")),
                name="contact_family_of_kind",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["tenant", "family", "match_key"],
                condition=Q(released_at__isnull=True),
                name="contact_key",
            ),
            models.Index(
                fields=["tenant", "variant_key"],
                condition=Q(released_at__isnull=True, family="phone"),
                name="contact_variant",
            ),
            models.Index(fields=["customer", "kind", "created_at"], name="contact_of_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.value}"

    @property
    def is_verified(self) -> bool:
        return self.evidence == self.Evidence.VERIFIED

    def mark_verified(self, *, method: str, reference: str = "") -> ContactPoint:
        """Verify through ``guestman.services.contact_point.verify``, with its rules and errors."""
        return self.verify_with(contact_point=self, method=method, reference=reference)


class ContactVerification(AppendOnlyModel, OrganizationModel):
    """One change of what is known about a contact. Never changed, never deleted.

    But for the erasure of a person, with the contact.
    """

    is_removable = True

    class Change(models.TextChoices):
        VERIFIED = "verified", _("Verified")
        RELEASED = "released", _("Released")
        #: Somebody else proved to have it.
        SUPERSEDED = "superseded", _("Proved by another customer")

    contact_point = models.ForeignKey(
        ContactPoint,
        on_delete=models.PROTECT,
        related_name="verifications",
        verbose_name=_("contact point"),
    )
    change = models.CharField(_("change"), max_length=16, choices=Change)
    #: How it was proved; for a change that is no proof, how it had been.
    method = models.CharField(_("method"), max_length=16, choices=Method)
    #: As the audit trail names the actor: ``user:7``, ``system`` ...
    actor = models.CharField(_("actor"), max_length=100)
    #: What the prover calls the proof: a challenge's or webhook's id.
    reference = models.CharField(_("reference"), max_length=200, blank=True)
    source = models.CharField(_("source"), max_length=64, blank=True)
    at: models.DateTimeField[dt.datetime, dt.datetime] = models.DateTimeField(
        _("at"), default=clock.now
    )

    class Meta:
        verbose_name = _("contact check")
        verbose_name_plural = _("contact checks")

    def __str__(self) -> str:
        return f"{self.get_change_display()}: {self.get_method_display()}"
