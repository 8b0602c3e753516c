"""What callers get: plain rows straight from the database, described for the schema."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers

from shopman import masking
from shopman.errors import NotFound

Row = dict[str, Any]


class OutputSerializer(serializers.Serializer[Any]):
    """Names the columns of an answer; its fields are also its description in the API schema.

        class CustomerRow(OutputSerializer):
            uuid = serializers.UUIDField()
            group = serializers.CharField(source="group__code", allow_null=True)

        CustomerRow.rows(Customer.objects.all())
        CustomerRow.one(Customer.objects.filter(uuid=uuid))

    A ``source`` is a path as ``QuerySet.values`` takes it, an annotation included. Values leave as
    the database gave them: no object is made per row and no ``to_representation`` runs. A nested
    serializer is described only; the view puts its rows into the answer.
    """

    #: Fields that hold a contact or, as JSON or text, may contain one: masked for a reader who may
    #: not see it (``shopman.masking``).
    masked_fields: ClassVar[frozenset[str]] = frozenset()
    #: The field with the key of the customer whose contacts they are.
    customer_field: ClassVar[str] = ""

    @classmethod
    def columns(cls) -> dict[str, str]:
        """Output name to query path, in the order of declaration, without nested serializers."""
        return dict(_columns(cls))

    @classmethod
    def rows(cls, queryset: QuerySet[Any], fields: Collection[str] | None = None) -> list[Row]:
        """One dict per row; ``fields`` narrows to these output names. One query."""
        names, paths = cls.selection(fields)
        found = [dict(zip(names, row, strict=True)) for row in queryset.values_list(*paths)]
        return cls.shown(found)

    @classmethod
    def one(cls, queryset: QuerySet[Any], fields: Collection[str] | None = None) -> Row:
        """The row of a queryset that holds at most one. Raises NotFound."""
        found = cls.rows(queryset.order_by()[:1], fields)
        if not found:
            raise NotFound
        return found[0]

    @classmethod
    def shown(cls, rows: list[Row]) -> list[Row]:
        """The rows as their reader may see them; changed in place."""
        if cls.masked_fields and not masking.sees():
            for row in rows:
                for name in cls.masked_fields & row.keys():
                    whose = row.get(cls.customer_field)
                    row[name] = masking.facts({name: row[name]}, customer=whose)[name]
        return rows

    @classmethod
    def selection(cls, fields: Collection[str] | None) -> tuple[Sequence[str], Sequence[str]]:
        """Output names and query paths, narrowed to ``fields``."""
        columns = _columns(cls)
        chosen = columns if fields is None else [pair for pair in columns if pair[0] in fields]
        return [name for name, _ in chosen], [path for _, path in chosen]


@cache
def _columns(kind: type[OutputSerializer]) -> tuple[tuple[str, str], ...]:
    columns = []
    for name, field in kind._declared_fields.items():
        if isinstance(field, serializers.BaseSerializer):
            continue
        if isinstance(field, serializers.SerializerMethodField) or field.source == "*":
            raise TypeError(f"{kind.__qualname__}.{name}: annotate the queryset instead.")
        columns.append((name, field.source or name))
    return tuple(columns)
