"""Filters of lists, on django-filter, which refuse what they do not know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django_filters import rest_framework as django_filter

from shopman.errors import BadRequest, FieldError


class InvalidFilter(BadRequest):
    """A filter has a value it cannot take."""

    code = "invalid_filter"


class UnknownParameter(BadRequest):
    """The address has a parameter that is not known here."""

    code = "unknown_parameter"


class FilterSet(django_filter.FilterSet):  # type: ignore[misc]  # the package is untyped
    """A FilterSet used through ``narrow``; name it as ``filterset_class`` of a view.

    class CustomerFilter(FilterSet):
        status = filters.ChoiceFilter(choices=Customer.Status)
        created_after = filters.IsoDateTimeFilter("created_at", "gte")
    """

    @classmethod
    def names(cls) -> set[str]:
        """The parameters it knows."""
        return _parameters(cls)

    @classmethod
    def narrow(cls, params: QueryDict, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The queryset with the given filters applied. Raises InvalidFilter."""
        # Building the form costs more than most queries: not for a list without filters.
        if cls.names().isdisjoint(params):
            return queryset
        bound = cls(data=params, queryset=queryset)
        if not bound.form.is_valid():
            raise InvalidFilter(errors=list(_complaints(bound.form.errors.as_data())))
        narrowed: QuerySet[Any] = bound.filter_queryset(queryset)
        return narrowed


def refuse_unknown(params: QueryDict, known: set[str]) -> None:
    """Raise UnknownParameter when the query string names anything else."""
    for name in params:
        if name not in known:
            raise UnknownParameter(
                errors=[FieldError(field=name, code="unknown_parameter", message="Not known here.")]
            )


def _parameters(kind: type[FilterSet]) -> set[str]:
    names: set[str] = kind.__dict__.get("_names") or set()
    if not names:
        for name, each in kind.base_filters.items():
            suffixes = getattr(getattr(each.field_class, "widget", None), "suffixes", None)
            names |= {f"{name}_{suffix}" if suffix else name for suffix in suffixes or [""]}
        kind._names = names
    return names


def _complaints(errors: Mapping[str, Any]) -> Iterator[FieldError]:
    for field, found in errors.items():
        for error in found:
            for message in error.messages:
                yield FieldError(field=field, code=error.code or "invalid", message=message)
