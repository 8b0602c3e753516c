"""Who a customer is at other providers."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guestman.models.customer import Customer
from shopman import clock
from shopman.models import OrganizationModel


class ExternalIdentity(OrganizationModel):
    """A customer's account at a provider. Unlinked ones stay as history and decide nothing."""

    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        related_name="external_identities",
        verbose_name=_("customer"),
    )
    #: ``manychat``, ``whatsapp``, ``instagram``, ``google``, ``apple`` ...
    provider = models.CharField(_("provider"), max_length=32)
    #: The provider's name for the account; compared byte by byte.
    subject = models.CharField(_("subject"), max_length=255)
    #: Who vouches, where one provider has several (an OIDC issuer, a page); else empty.
    issuer = models.CharField(_("issuer"), max_length=255, blank=True)
    is_active = models.BooleanField(_("linked"), default=True, editable=False)
    #: What the provider told, a JSON object.
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)
    #: The merged record, or the identifier, that it came in by (``guestman.services.provenance``).
    came_by = models.UUIDField(null=True, editable=False)
    created_at = models.DateTimeField(_("linked at"), default=clock.now, editable=False)
    unlinked_at = models.DateTimeField(_("unlinked at"), null=True, blank=True, editable=False)

    customer_id: uuid.UUID

    class Meta:
        verbose_name = _("linked account")
        verbose_name_plural = _("linked accounts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "provider", "issuer", "subject"],
                condition=Q(is_active=True),
                name="identity_of_provider",
            ),
            models.CheckConstraint(
                condition=~Q(provider="") & ~Q(subject=""), name="identity_given"
            ),
            models.CheckConstraint(
                condition=Q(is_active=True, unlinked_at__isnull=True)
                | Q(is_active=False, unlinked_at__isnull=False),
                name="identity_unlinked_is_inactive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider}: {self.subject}"
