"""Rows as JSON, and back, to the last microsecond."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Field, Model

from shopman import canonical

#: A row's columns by attribute name (``customer_id``), as JSON values.
Image = dict[str, Any]


@cache
def fields(model: type[Model]) -> Mapping[str, Field[Any, Any]]:
    """The stored columns of a model but those the database makes by itself."""
    return {
        field.attname: field
        for field in model._meta.concrete_fields
        if not isinstance(field, models.GeneratedField)
    }


def image(row: Model) -> Image:
    """The whole row."""
    return {name: plain(field, getattr(row, name)) for name, field in fields(type(row)).items()}


def digest(row: Model) -> str:
    """SHA-256 of the whole row, hexadecimal."""
    return canonical.digest(image(row))


def plain(field: Field[Any, Any], value: Any) -> Any:
    """One column's value as JSON can hold it."""
    if value is None or isinstance(value, (bool, int, str, dict, list)):
        return value
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, (UUID, Decimal)):
        return str(value)
    # Whatever else a field holds, it knows how to write it.
    holder = field.model()
    setattr(holder, field.attname, value)
    return field.value_to_string(holder)


def encoded(model: type[Model], values: Mapping[str, Any]) -> Image:
    """Columns with their Python values, by attribute or field name, as JSON."""
    found = {}
    for name, value in values.items():
        field: Any = model._meta.get_field(name)
        found[field.attname] = plain(field, value)
    return found


def decoded(model: type[Model], columns: Mapping[str, Any]) -> dict[str, Any]:
    """Columns with their JSON values as Python has them."""
    known = fields(model)
    return {
        name: value if value is None else known[name].to_python(value)
        for name, value in columns.items()
    }


def difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> Image:
    """The columns of ``new`` that are otherwise in ``old``."""
    return {name: value for name, value in new.items() if old.get(name) != value}


def rows_like(model: type[Model], found: Iterable[Mapping[str, Any]]) -> list[Model]:
    """Unsaved rows made of whole images."""
    return [model(**decoded(model, each)) for each in found]
