"""Filters of lists, on django-filter, which refuse what they do not know."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import IntegerField, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import QueryDict
from django.utils.translation import gettext as _
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

    base_filters: dict[str, Any]

    def __init__(self, data: QueryDict, **kwargs: Any) -> None:
        # The package copies every filter and builds its form field for each request: the ones
        # that were asked for will do.
        self.base_filters = {
            name: each
            for name, each in type(self).base_filters.items()
            if not _names_of(name, each).isdisjoint(data)
        }
        super().__init__(data=data, **kwargs)

    @classmethod
    def names(cls) -> set[str]:
        """The parameters it knows."""
        return _parameters(cls)

    @classmethod
    def parameters(cls) -> Iterator[tuple[str, Any]]:
        """Each parameter with its filter; a range has two."""
        for name, each in cls.base_filters.items():
            for parameter in _names_of(name, each):
                yield parameter, each

    @classmethod
    def narrow(cls, params: QueryDict, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The queryset with the given filters applied. Raises InvalidFilter, BadRequest."""
        # Building the form costs more than most queries: not for a list without filters.
        if cls.names().isdisjoint(params):
            return queryset
        refuse_repeated(params, cls.names() - _many_valued(cls))
        bound = cls(data=params, queryset=queryset)
        _clean(bound, params)
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


def refuse_repeated(params: QueryDict, names: Iterable[str]) -> None:
    """Raise BadRequest when the query string gives one of these more than once."""
    for name in names:
        if len(params.getlist(name)) > 1:
            raise BadRequest(
                errors=[FieldError(field=name, code="repeated", message="Give it once.")]
            )


def _clean(bound: FilterSet, params: QueryDict) -> None:
    """Put into the form what django-filter lets through but a column cannot be compared with."""
    form = bound.form
    form.full_clean()
    for name, value in list(form.cleaned_data.items()):
        each = bound.filters[name]
        try:
            if isinstance(each.field, forms.NullBooleanField) and value is None:
                _refuse_unread(params.get(name))
            form.cleaned_data[name] = (
                slice(*(_fit(end, each, bound.queryset) for end in (value.start, value.stop)))
                if isinstance(value, slice)
                else _fit(value, each, bound.queryset)
            )
        except ValidationError as error:
            form.add_error(name, error)


def _refuse_unread(given: str | None) -> None:
    if given:
        raise ValidationError(_("Say true or false."), code="invalid")


def _fit(value: Any, each: Any, queryset: QuerySet[Any]) -> Any:
    """The value as every database can compare it: moments in UTC, numbers the column can hold."""
    if isinstance(value, dt.datetime):
        try:
            return value.astimezone(dt.UTC)
        except OverflowError as error:
            raise ValidationError(_("There is no such moment."), code="invalid") from error
    if isinstance(value, Decimal) and each.method is None:
        path = each.field_name.split(LOOKUP_SEP)
        # The targets: for a foreign key, the key it points at.
        column = queryset.query.names_to_path(path, queryset.model._meta)[2][0]
        if isinstance(column, IntegerField) and value != value.to_integral_value():
            raise ValidationError(_("Enter a whole number."), code="invalid")
        column.run_validators(value)
    return value


def _many_valued(kind: type[FilterSet]) -> set[str]:
    return {
        name
        for name, each in kind.base_filters.items()
        if isinstance(each, django_filter.MultipleChoiceFilter)
    }


def _parameters(kind: type[FilterSet]) -> set[str]:
    names: set[str] = kind.__dict__.get("_names") or set()
    if not names:
        for name, each in kind.base_filters.items():
            names |= _names_of(name, each)
        kind._names = names
    return names


def _names_of(name: str, each: Any) -> set[str]:
    suffixes = getattr(getattr(each.field_class, "widget", None), "suffixes", None)
    return {f"{name}_{suffix}" if suffix else name for suffix in suffixes or [""]}


def _complaints(errors: Mapping[str, Any]) -> Iterator[FieldError]:
    for field, found in errors.items():
        for error in found:
            for message in error.messages:
                yield FieldError(field=field, code=error.code or "invalid", message=message)
