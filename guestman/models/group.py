"""Groups of customers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shopman import clock
from shopman.models import TenantModel


class CustomerGroup(TenantModel):
    """Customers who share a price list. One group of a tenant may be the default for new ones."""

    code = models.CharField(_("code"), max_length=64)
    name = models.CharField(_("name"), max_length=200)
    #: The price list the pricing app knows by this code; empty: the ordinary prices.
    price_list_code = models.CharField(_("price list"), max_length=64, blank=True)
    #: Larger comes first where groups are listed.
    priority = models.IntegerField(_("priority"), default=0)
    is_default = models.BooleanField(_("default for new customers"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)
    updated_at = models.DateTimeField(_("updated"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("customer group")
        verbose_name_plural = _("customer groups")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "code"], name="group_code"),
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(is_default=True), name="group_one_default"
            ),
            models.CheckConstraint(condition=~Q(code=""), name="group_code_given"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        """How the audit trail calls this group."""
        return f"customer_group:{self.uuid}"
