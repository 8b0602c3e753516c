"""Keyset pages: a place in an ordered list, and the rows beyond it.

The key is ``(value, uuid)``, so rows with equal values have a place of their own, and every page
costs the same however far in. The HTTP API (``shopman.api.pagination``) and the admin's lists
(``shopman.admin.listing``) are made from it.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.core.exceptions import FieldError as UnknownPath
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value
from django.db.models.constants import LOOKUP_SEP

from shopman.errors import BadRequest


class InvalidCursor(BadRequest):
    """This cursor does not belong to this list."""

    code = "invalid_cursor"


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two rows: the key of the row beside it, and which way to read on."""

    ordering: str
    backwards: bool
    value: Any
    uuid: str

    def encode(self) -> str:
        raw = _json([self.ordering, int(self.backwards), self.value, self.uuid])
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    @classmethod
    def decode(cls, text: str) -> Cursor:
        """Raises InvalidCursor."""
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
            ordering, backwards, value, key = orjson.loads(raw)
            cursor = cls(str(ordering), backwards == 1, value, str(UUID(key)))
            ours = cursor.encode() == text
        except (binascii.Error, ValueError, TypeError, AttributeError) as error:
            raise InvalidCursor from error
        if not ours:
            raise InvalidCursor
        return cursor


class _Beyond(Func):
    """``(value, uuid) > (?, ?)``: a row comparison, which an index on both columns answers."""

    output_field = BooleanField()
    arity = 4

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **context: Any) -> tuple[str, Any]:
        parts: list[str] = []
        params: list[Any] = []
        for expression in self.get_source_expressions():
            sql, found = compiler.compile(expression)
            parts.append(sql)
            params.extend(found)
        column, key, value, uuid = parts
        return f"({column}, {key}) {self.extra['operator']} ({value}, {uuid})", params


def column_of(queryset: QuerySet[Any], path: str) -> Any:
    """The field behind a query path or annotation; ``null`` tells whether it may be empty."""
    annotation = queryset.query.annotations.get(path)
    if annotation is not None:
        field = annotation.output_field.clone()
        field.null = True
        return field
    steps, last, _, rest = queryset.query.names_to_path(
        path.split(LOOKUP_SEP), queryset.model._meta
    )
    if rest:
        raise UnknownPath(f"{path} is not a column of {queryset.model.__name__}")
    if any(getattr(step.join_field, "null", False) for step in steps):
        last = last.clone()
        last.null = True
    return last


def order(path: str, column: Any, *, descending: bool) -> list[Any]:
    """What to order by: the path with a unique tail; the empty ones as the keys have them."""
    sign = "-" if descending else ""
    if not column.null:
        return [f"{sign}{path}", f"{sign}pk"]
    by = F(path).desc(nulls_first=True) if descending else F(path).asc(nulls_last=True)
    return [by, f"{sign}pk"]


def after(cursor: Cursor, path: str, column: Any, *, descending: bool) -> Q:
    """The rows beyond a cursor in the direction of reading. Raises InvalidCursor."""
    step = "lt" if descending else "gt"
    empty = Q(**{f"{path}__isnull": True})
    if cursor.value is None:
        if not column.null:
            raise InvalidCursor
        same = empty & Q(**{f"pk__{step}": cursor.uuid})
        return same | Q(**{f"{path}__isnull": False}) if descending else same
    value = _column_value(cursor, column)
    operator = "<" if descending else ">"
    beyond = Q(
        _Beyond(F(path), F("pk"), Value(value, column), Value(UUID(cursor.uuid)), operator=operator)
    )
    return beyond | empty if column.null and not descending else beyond


def _column_value(cursor: Cursor, column: Any) -> Any:
    """The value of a cursor as its column has it, written just as a page of ours writes it."""
    try:
        value = column.to_python(cursor.value)
        if isinstance(value, dt.datetime):
            if value.tzinfo is None:
                raise InvalidCursor
            value = value.astimezone(dt.UTC)
        column.run_validators(value)
        if isinstance(value, str):
            ProhibitNullCharactersValidator()(value)
        ours = _json(value) == _json(cursor.value)
    except (ValidationError, TypeError, ValueError, OverflowError) as error:
        raise InvalidCursor from error
    if not ours:
        raise InvalidCursor
    return value


def _json(value: Any) -> bytes:
    return orjson.dumps(value, str, orjson.OPT_UTC_Z)
