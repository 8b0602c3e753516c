"""Keyset pages: every page costs the same, however far in, and no row is seen twice or missed.

``shopman.keyset`` has the places; here are the query parameters and the answer.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from rest_framework.request import Request

from shopman import keyset
from shopman.api.filters import refuse_repeated
from shopman.api.output import OutputSerializer, Row
from shopman.errors import BadRequest
from shopman.keyset import Cursor, InvalidCursor

DEFAULT_PAGE_SIZE = 50
MAX_PAGE_SIZE = 200
PARAMETERS = frozenset({"cursor", "page_size", "ordering", "fields", "total"})
_PAGE_SIZE = re.compile(r"[1-9][0-9]{0,2}")


class InvalidPageSize(BadRequest):
    """The page size is a number from 1 to 200."""

    code = "invalid_page_size"


class UnknownOrdering(BadRequest):
    """The list cannot be ordered that way."""

    code = "unknown_ordering"


class UnknownField(BadRequest):
    """There is no such field to choose."""

    code = "unknown_field"


class Keyset:
    """How a list may be ordered, and its pages.

    ``orderings`` are the allowed values of ``?ordering=``, each also with ``-``: a set of field
    names, or a mapping of public names to query paths (annotations too). ``default`` applies when
    the caller asks for none. Rows without a value come last in ascending order, first descending.
    An index on ``(tenant, value, uuid)`` makes each page a short range scan.
    """

    def __init__(self, orderings: Collection[str] | Mapping[str, str], *, default: str) -> None:
        self.orderings = (
            dict(orderings)
            if isinstance(orderings, Mapping)
            else {name: name for name in sorted(orderings)}
        )
        self.default = default
        assert default.removeprefix("-") in self.orderings

    def names(self) -> set[str]:
        """The query parameters it reads."""
        return set(PARAMETERS)

    def page(
        self, request: Request, queryset: QuerySet[Any], output: type[OutputSerializer]
    ) -> Row:
        """``{"results", "next", "previous"}``, and ``total`` when asked with ``?total=1``.

        Raises BadRequest of several kinds for what the query string may not say. One query, and
        one more for the total.
        """
        params = request.query_params
        refuse_repeated(params, PARAMETERS)
        size = _page_size(params.get("page_size"))
        ordering, path = self._ordering(params.get("ordering"))
        cursor = self._cursor(params.get("cursor"), ordering)
        fields = narrowed_fields(params, output)
        rows, keys, more = _read(
            queryset, output, fields=fields, path=path, cursor=cursor, ordering=ordering, size=size
        )
        backwards = cursor is not None and cursor.backwards
        has_next = bool(keys) and (backwards or more)
        has_previous = bool(keys) and (more if backwards else cursor is not None)
        answer: Row = {
            "results": output.shown(rows),
            "next": _address(request, Cursor(ordering, False, *keys[-1])) if has_next else None,
            "previous": _address(request, Cursor(ordering, True, *keys[0]))
            if has_previous
            else None,
        }
        if _wants_total(params.get("total")):
            answer["total"] = queryset.order_by().count()
        return answer

    def _ordering(self, given: str | None) -> tuple[str, str]:
        ordering = self.default if given is None else given
        path = self.orderings.get(ordering.removeprefix("-"))
        if path is None:
            raise UnknownOrdering(f"Order by one of: {', '.join(self.orderings)}.")
        return ordering, path

    def _cursor(self, given: str | None, ordering: str) -> Cursor | None:
        if given is None:
            return None
        cursor = Cursor.decode(given)
        if cursor.ordering != ordering:
            raise InvalidCursor
        return cursor


def narrowed_fields(params: QueryDict, output: type[OutputSerializer]) -> list[str] | None:
    """The output names that ``?fields=`` asks for, None for all. Raises BadRequest."""
    refuse_repeated(params, ("fields",))
    given = params.get("fields")
    if given is None:
        return None
    fields = given.split(",")
    unknown = [name for name in fields if name not in output._declared_fields]
    if unknown:
        raise UnknownField(f"There is no field {unknown[0]!r}.")
    return fields


def _read(
    queryset: QuerySet[Any],
    output: type[OutputSerializer],
    *,
    fields: Collection[str] | None,
    path: str,
    cursor: Cursor | None,
    ordering: str,
    size: int,
) -> tuple[list[Row], list[tuple[Any, str]], bool]:
    """The rows of a page, their keys, and whether more follow in the direction of reading."""
    backwards = cursor is not None and cursor.backwards
    descending = ordering.startswith("-") is not backwards
    column = keyset.column_of(queryset, path)
    if cursor is not None:
        queryset = queryset.filter(keyset.after(cursor, path, column, descending=descending))
    names, paths = output.selection(fields)
    wanted = list(dict.fromkeys([*paths, path, "pk"]))
    found = list(
        queryset.order_by(*keyset.order(path, column, descending=descending)).values_list(*wanted)[
            : size + 1
        ]
    )
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    value, key = wanted.index(path), wanted.index("pk")
    positions = [wanted.index(each) for each in paths]
    if positions == list(range(len(names))):
        rows = [dict(zip(names, row, strict=False)) for row in found]
    else:
        rows = [{name: row[at] for name, at in zip(names, positions, strict=True)} for row in found]
    return rows, [(row[value], str(row[key])) for row in (found[:1] + found[-1:])], more


def _page_size(given: str | None) -> int:
    if given is None:
        return DEFAULT_PAGE_SIZE
    if not _PAGE_SIZE.fullmatch(given) or int(given) > MAX_PAGE_SIZE:
        raise InvalidPageSize
    return int(given)


def _wants_total(given: str | None) -> bool:
    if given not in (None, "0", "1", "true", "false"):
        raise BadRequest("total is 0 or 1.")
    return given in ("1", "true")


def _address(request: Request, cursor: Cursor) -> str:
    params = request.query_params.copy()
    params["cursor"] = cursor.encode()
    return request.build_absolute_uri(f"{request.path}?{params.urlencode()}")
