"""Making tenants."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from shopman.errors import Conflict, FieldError, Invalid
from shopman.models import Tenant


class SlugTaken(Conflict):
    """There is already a tenant with this slug."""

    code = "slug_taken"


class InvalidTenant(Invalid):
    """A tenant cannot be made from this."""

    code = "invalid_tenant"


def create(
    *, slug: str, name: str, currency: str, time_zone: str, region: str, locale: str
) -> Tenant:
    """A new tenant. ISO 4217 currency, IANA time zone, ISO 3166-1 region, language tag.

    Raises SlugTaken, or InvalidTenant with one error per field.
    """
    tenant = Tenant(
        slug=slug,
        name=name,
        default_currency=currency,
        time_zone=time_zone,
        default_region=region,
        locale=locale,
    )
    _validate(tenant)
    try:
        with transaction.atomic():
            tenant.save(force_insert=True)
    except IntegrityError as error:
        raise SlugTaken from error
    return tenant


def ensure_default(
    *, slug: str, name: str, currency: str, time_zone: str, region: str, locale: str
) -> Tenant:
    """The tenant with this slug, made if there is none; an existing one stays as it is."""
    found = Tenant.objects.filter(slug=slug).first()
    if found is not None:
        return found
    try:
        return create(
            slug=slug,
            name=name,
            currency=currency,
            time_zone=time_zone,
            region=region,
            locale=locale,
        )
    except SlugTaken:
        return Tenant.objects.get(slug=slug)


def _validate(tenant: Tenant) -> None:
    try:
        tenant.clean_fields()
    except ValidationError as error:
        raise InvalidTenant(
            errors=[
                FieldError(field=field, code=each.code or "invalid", message=message)
                for field, found in error.error_dict.items()
                for each in found
                for message in each.messages
            ]
        ) from error
