"""The abstract bases that give every row a UUIDv7 key and a tenant."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import cache
from typing import Any, ClassVar, Self, TypeVar, cast
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models.expressions import Expression
from django.db.models.sql.compiler import SQLCompiler

from shopman import tenancy
from shopman.errors import Conflict
from shopman.keys import uuid7

M = TypeVar("M", bound="TenantModel")
R = TypeVar("R")

#: Where a row remembers the tenant it was read or written with, so that it cannot be moved.
_LOADED = "shopman_tenant_id"


class CurrentTenant(Expression):
    """The key of the tenant in use when the query runs, not when it was written.

    Querysets built at import (admin, filters, serializers) stay safe that way: without a tenant
    they raise TenantRequired on evaluation, and they never keep an earlier tenant's key.
    """

    output_field = models.UUIDField()

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        key = tenancy.current().pk
        return "%s", [self.output_field.get_db_prep_value(key, connection)]


class TenantQuerySet(models.QuerySet[M]):
    """A queryset whose writes keep the tenant's border.

    ``bulk_create`` stamps and checks every row as ``save()`` does; ``update`` refuses to move rows
    to another tenant or to point them at another tenant's rows.
    """

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        rows = list(objs)
        stamp(self.model, rows)
        return super().bulk_create(rows, *args, **kwargs)

    def bulk_update(
        self, objs: Iterable[M], fields: Iterable[str], *args: Any, **kwargs: Any
    ) -> int:
        rows, fields = list(objs), list(fields)
        if "tenant" in fields or "tenant_id" in fields:
            raise tenancy.TenantMismatch("A row cannot move to another tenant.")
        stamp(self.model, rows, fields)
        return super().bulk_update(rows, fields, *args, **kwargs)

    def update(self, **values: Any) -> int:
        if "tenant" in values or "tenant_id" in values:
            raise tenancy.TenantMismatch("A row cannot move to another tenant.")
        references: dict[models.ForeignKey[Any, Any], set[Any]] = {}
        for name, value in values.items():
            field = _reference(self.model, name)
            if field is not None and value is not None and not hasattr(value, "as_sql"):
                references[field] = {value.pk if isinstance(value, models.Model) else value}
        _refuse_foreign(references)
        return super().update(**values)


def sole(queryset: models.QuerySet[Any, R]) -> R | None:
    """The row of a queryset that holds one at most, or None.

    ``first()`` would sort, and to do so Django compares every column of the query.
    """
    return next(iter(queryset.order_by()[:1]), None)


class TenantManager(models.Manager[M]):
    """The default manager: rows of the current tenant only. Raises TenantRequired without one."""

    def get_queryset(self) -> models.QuerySet[M]:
        if self._db is not None or self._hints:  # type: ignore[attr-defined]  # not in the stubs
            return super().get_queryset().filter(tenant_id=CurrentTenant())
        # The tenant is looked up when the query runs, so the filter can be built once.
        scoped: models.QuerySet[M] | None = self.__dict__.get("_scoped")
        if scoped is None:
            scoped = super().get_queryset().filter(tenant_id=CurrentTenant())
            self.__dict__["_scoped"] = scoped
        return scoped.all()


def stamp(model: type[M], rows: Collection[M], fields: Collection[str] | None = None) -> None:
    """Give unsaved rows the current tenant; refuse another tenant's rows and references.

    References whose object is at hand are compared in memory; bare keys cost one query for each
    foreign key of the model, however many rows there are. ``fields`` limits the look to these.
    """
    tenant = tenancy.current()
    bare: dict[models.ForeignKey[Any, Any], set[Any]] = defaultdict(set)
    for row in rows:
        own: UUID | None = row.tenant_id
        if own is None:
            row.tenant = tenant
        elif own != tenant.pk or getattr(row._state, _LOADED, tenant.pk) != tenant.pk:
            raise tenancy.TenantMismatch
        for field in _references(model):
            if fields is not None and field.name not in fields and field.attname not in fields:
                continue
            key = getattr(row, field.attname)
            if key is None:
                continue
            if field.is_cached(row):
                if cast("TenantModel", field.get_cached_value(row)).tenant_id != tenant.pk:
                    raise tenancy.ForeignReference
            else:
                bare[field].add(key)
    _refuse_foreign(bare)


@cache
def _references(model: Any) -> list[models.ForeignKey[Any, Any]]:
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and issubclass(field.related_model, TenantModel)
    ]


def _reference(model: type[models.Model], name: str) -> models.ForeignKey[Any, Any] | None:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return field if field in _references(model) else None


def _refuse_foreign(references: dict[models.ForeignKey[Any, Any], set[Any]]) -> None:
    for field, keys in references.items():
        target = cast("type[TenantModel]", field.related_model)
        column = field.target_field.attname
        found = target.all_tenants.filter(
            tenant_id=tenancy.current().pk, **{f"{column}__in": keys}
        ).count()
        if found != len(keys):
            raise tenancy.ForeignReference


class TenantModel(models.Model):
    """A row of one tenant, keyed by a UUIDv7.

    Unique constraints and indexes of subclasses start with ``tenant``, which is why the foreign
    key carries no index of its own.
    """

    uuid = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(
        "shopman.Tenant",
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        db_index=False,
    )

    objects: ClassVar[TenantManager[Any]] = TenantManager.from_queryset(TenantQuerySet)()
    all_tenants: ClassVar[models.Manager[Any]] = TenantQuerySet.as_manager()

    tenant_id: UUID

    class Meta:
        abstract = True

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **kwargs: Any
    ) -> Self:
        row = super().from_db(db, field_names, values, **kwargs)
        if "tenant_id" in row.__dict__:
            setattr(row._state, _LOADED, row.tenant_id)
        return row

    def save(self, *args: Any, **kwargs: Any) -> None:
        stamp(type(self), [self], None if self._state.adding else kwargs.get("update_fields"))
        super().save(*args, **kwargs)
        setattr(self._state, _LOADED, self.tenant_id)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        stamp(type(self), [self], fields=())
        return super().delete(*args, **kwargs)


def of_organizations(organizations: Collection[uuid.UUID]) -> models.Q:
    """Rows of these organizations and those the whole tenant shares; all rows without any."""
    if not organizations:
        return models.Q()
    return models.Q(organization__isnull=True) | models.Q(organization__in=organizations)


class OrganizationModel(TenantModel):
    """A tenant's row that may belong to one organization; null is shared by the whole tenant.

    A new row takes the organization in use unless it names one.
    """

    organization = models.ForeignKey(
        "shopman.Organization",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        default=tenancy.current_organization_key,
    )

    class Meta:
        abstract = True


class Immutable(Conflict):
    """This record is kept as it was written and cannot be changed or deleted."""

    code = "immutable"


class AppendOnlyQuerySet(TenantQuerySet[M]):
    """Rows that are only ever added."""

    def update(self, **values: Any) -> int:
        raise Immutable

    def delete(self) -> tuple[int, dict[str, int]]:
        raise Immutable

    def bulk_update(
        self, objs: Iterable[M], fields: Iterable[str], *args: Any, **kwargs: Any
    ) -> int:
        raise Immutable


class AppendOnlyModel(TenantModel):
    """A tenant's row that is written once. Changing or deleting it raises Immutable.

    Only the erasure of a person passes (``shopman.permits``), and only as the model says here.
    """

    #: Columns that an erasure may empty.
    erasable_columns: ClassVar[tuple[str, ...]] = ()
    #: Whether an erasure may delete rows; nothing may refer to them.
    is_removable: ClassVar[bool] = False

    objects: ClassVar[TenantManager[Any]] = TenantManager.from_queryset(AppendOnlyQuerySet)()
    all_tenants: ClassVar[models.Manager[Any]] = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Immutable
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise Immutable
