"""Where orders come from."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from shopman import clock
from shopman.models import TenantModel

channel_code = RegexValidator(
    r"\A[a-z0-9][a-z0-9._-]*\Z", _("Small letters, digits, dots, dashes and underscores.")
)


class Channel(TenantModel):  # type: ignore[django-manager-missing]
    """A storefront, a counter, a marketplace, an import."""

    code = models.CharField(_("code"), max_length=64, validators=[channel_code])
    name = models.CharField(_("name"), max_length=200)
    #: May state the unit price of a line, as a counter does; a storefront never may.
    is_trusted = models.BooleanField(_("may state prices"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    settings = models.JSONField(_("settings"), default=dict, blank=True)
    #: Raised by every change, see ``shopman.api.concurrency``.
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("sales channel")
        verbose_name_plural = _("sales channels")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "code"], name="channel_code"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        """The channel's name in the audit trail."""
        return f"channel:{self.pk}"
