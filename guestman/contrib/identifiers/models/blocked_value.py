"""Values that name nobody in this shop."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from shopman import clock
from shopman.models import TenantModel

#: The family of a whole domain of e-mail.
DOMAIN = "domain"


class BlockedValue(TenantModel):
    """A shop's own addition to the lists of junk: a number, an address, a domain of e-mail.

    For the shop's own numbers, its tablets, and marketplaces that relay the mail of an order.
    """

    class Family(models.TextChoices):
        PHONE = "phone", _("Phone")
        EMAIL = "email", _("E-mail")
        DOMAIN = DOMAIN, _("Domain of e-mail")
        DOCUMENT = "document", _("Document")

    family = models.CharField(_("kind"), max_length=48, choices=Family)
    #: In the form in which it is compared.
    key = models.CharField(_("value"), max_length=320)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("since"), default=clock.now, editable=False)
    created_by = models.CharField(_("by"), max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = _("blocked value")
        verbose_name_plural = _("blocked values")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "family", "key"], name="value_blocked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_family_display()}: {self.key}"
