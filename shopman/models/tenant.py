"""Tenants, their hosts, their organizations, and who of the staff works where."""

from __future__ import annotations

import zoneinfo
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from shopman.keys import uuid7
from shopman.models.base import TenantModel


def known_time_zone(name: str) -> None:
    """Refuse a name that is not in the IANA time zone database."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("%(name)s is not an IANA time zone."), params={"name": name})


currency_code = RegexValidator(r"\A[A-Z]{3}\Z", _("Three capital letters (ISO 4217)."))
region_code = RegexValidator(r"\A[A-Z]{2}\Z", _("Two capital letters (ISO 3166-1)."))


class Tenant(models.Model):
    """A shop, or a group of shops, whose records nobody else sees."""

    uuid = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    #: ISO 3166-1 alpha-2; how national phone numbers are read.
    default_region = models.CharField(max_length=2, validators=[region_code])
    #: ISO 4217; the currency reports are made in.
    default_currency = models.CharField(max_length=3, validators=[currency_code])
    #: IANA name; business days and hours of day are told in it.
    time_zone = models.CharField(max_length=64, validators=[known_time_zone])
    locale = models.CharField(max_length=16, default="en")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("shop")
        verbose_name_plural = _("shops")

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class TenantDomain(models.Model):
    """A host name that leads to a tenant."""

    uuid = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="domains")
    #: Lower case, without port.
    host = models.CharField(max_length=253, unique=True)

    class Meta:
        verbose_name = _("host name")
        verbose_name_plural = _("host names")

    def __str__(self) -> str:
        return self.host


class Organization(TenantModel):
    """A company or branch inside a tenant."""

    slug = models.SlugField()
    name = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "slug"], name="organization_slug"),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(TenantModel):  # type: ignore[django-manager-missing]  # the plugin misses it
    """A member of staff works for a tenant in a role; without organizations, for all of them."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        MANAGER = "manager", _("Manager")
        CLERK = "clerk", _("Clerk")
        READ_ONLY = "read_only", _("Read only")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=16, choices=Role)
    organizations = models.ManyToManyField(
        Organization, blank=True, related_name="+", through="MembershipOrganization"
    )

    class Meta:
        verbose_name = _("member of staff")
        verbose_name_plural = _("staff")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "user"], name="membership_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"


class MembershipOrganization(TenantModel):
    """A membership is limited to this organization, and to others like it."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="limits")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("organization of a member")
        verbose_name_plural = _("limited to organizations")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "membership", "organization"], name="membership_organization"
            ),
        ]

    def __str__(self) -> str:
        return str(self.organization)
