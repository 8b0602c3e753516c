"""A code that was sent and is waiting to be typed, and the link that came with it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shopman import clock
from shopman.models import TenantModel


class Channel(models.TextChoices):
    """How a code is sent."""

    SMS = "sms", _("text message")
    WHATSAPP = "whatsapp", _("WhatsApp")
    EMAIL = "email", _("e-mail")


class Purpose(models.TextChoices):
    """What a proof is good for; a code of one purpose is void for the others."""

    LOGIN = "login", _("sign in")
    VERIFY_CONTACT = "verify_contact", _("prove a contact")
    CHANGE_PHONE = "change_phone", _("change the phone number")
    STEP_UP = "step_up", _("confirm it is you")
    LINK_IDENTITY = "link_identity", _("link an account")


class Challenge(TenantModel):
    """One proof under way. The contact is sealed while it is open and gone at any end of it.

    Only hashes of the code, of the link, of the challenge's secret and of the browser's flow cookie
    are kept.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        VERIFIED = "verified", _("verified")
        ATTEMPTS_EXHAUSTED = "attempts_exhausted", _("too many wrong codes")
        EXPIRED = "expired", _("expired")

    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.OPEN)
    #: Id of the key under which the hash and the code's MAC were made.
    key_id = models.CharField(max_length=16)
    identifier_hash = models.CharField(max_length=64)
    #: ISO 3166-1 region of the phone number, empty for e-mail; what conversion is counted by.
    region = models.CharField(max_length=3, blank=True)
    sealed_identifier = models.BinaryField(default=bytes)
    salt = models.BinaryField()
    code_mac = models.BinaryField()
    #: SHA-256 of the secret that names the challenge outside.
    secret_hash = models.CharField(max_length=64)
    #: SHA-256 of the cookie of the browser that started it; null for a client without a browser.
    flow_hash = models.CharField(max_length=64, null=True)
    #: SHA-256 of the link's secret; null where the message had none.
    link_hash = models.CharField(max_length=64, null=True)
    link_used_at = models.DateTimeField(null=True)
    #: ``Chrome, Android``: where it was asked for.
    device = models.CharField(max_length=64, blank=True)
    next_path = models.CharField(max_length=512, blank=True)
    locale = models.CharField(max_length=16)
    attempts = models.PositiveSmallIntegerField(default=0)
    sends = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(default=clock.now)
    #: The budget's word on when the next code may be asked for.
    resend_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("sign-in code")
        verbose_name_plural = _("sign-in codes")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "secret_hash"], name="challenge_secret"),
            models.UniqueConstraint(fields=["tenant", "flow_hash"], name="challenge_flow"),
            models.UniqueConstraint(fields=["tenant", "link_hash"], name="challenge_link"),
            models.CheckConstraint(
                condition=Q(link_used_at__isnull=True) | Q(link_hash__isnull=False),
                name="challenge_link_used_only_if_sent",
            ),
            models.CheckConstraint(
                condition=Q(status="open") | Q(sealed_identifier=b""),
                name="challenge_sealed_only_while_open",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["expires_at"], name="challenge_age"),
            models.Index(fields=["tenant", "region", "created_at"], name="challenge_region"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.channel} {self.uuid}"
