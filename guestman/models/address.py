"""Where a customer's orders go."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guestman.models.customer import Customer
from shopman import clock
from shopman.models import OrganizationModel, TenantManager, TenantQuerySet


class CustomerAddressQuerySet(TenantQuerySet["CustomerAddress"]):
    def live(self) -> CustomerAddressQuerySet:
        """Addresses that were not removed."""
        return self.filter(removed_at__isnull=True)


class CustomerAddress(OrganizationModel):
    """A postal address of a customer. Removed ones are kept and no longer shown."""

    class Purpose(models.TextChoices):
        DELIVERY = "delivery", _("Delivery")
        BILLING = "billing", _("Billing")

    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        related_name="addresses",
        verbose_name=_("customer"),
    )
    #: What the customer calls it: home, work ...
    label = models.CharField(_("label"), max_length=64, blank=True)
    purpose = models.CharField(_("purpose"), max_length=16, choices=Purpose, default="delivery")
    street = models.CharField(_("street"), max_length=200)
    number = models.CharField(_("number"), max_length=32, blank=True)
    complement = models.CharField(_("complement"), max_length=200, blank=True)
    district = models.CharField(_("district"), max_length=100, blank=True)
    city = models.CharField(_("city"), max_length=100)
    region = models.CharField(_("state or region"), max_length=100, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=16, blank=True)
    #: ISO 3166-1 alpha-2.
    country = models.CharField(_("country"), max_length=2)
    #: The geocoder's name of the place.
    place_id = models.CharField(_("place id"), max_length=300, blank=True)
    #: Degrees, WGS 84.
    latitude = models.DecimalField(
        _("latitude"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    longitude = models.DecimalField(
        _("longitude"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    instructions = models.TextField(_("delivery instructions"), blank=True)
    is_default = models.BooleanField(_("default"), default=False, editable=False)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True, editable=False)
    #: The merged record, or the identifier, that it came in by (``guestman.services.provenance``).
    came_by = models.UUIDField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)
    updated_at = models.DateTimeField(_("updated"), default=clock.now, editable=False)

    objects = TenantManager.from_queryset(CustomerAddressQuerySet)()  # type: ignore[misc]
    all_tenants = CustomerAddressQuerySet.as_manager()  # type: ignore[misc]

    customer_id: uuid.UUID

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "customer", "purpose"],
                condition=Q(is_default=True, removed_at__isnull=True),
                name="address_one_default",
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(removed_at__isnull=True),
                name="address_removed_not_default",
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=["delivery", "billing"]), name="address_purpose_known"
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="address_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(filter(None, (f"{self.street} {self.number}".strip(), self.city)))
