"""List filters in the shop's own days."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.utils import parse_date_str

from shopman import periods, tenancy


class LocalDaysFilter(RangeDateFilter):  # type: ignore[misc]  # the theme is untyped
    """Moments from one day to another, both included, in the time zone of the shop."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        zone, name = tenancy.current().zone, self.parameter_name
        first = parse_date_str(self.used_parameters.get(f"{name}_from"))
        last = parse_date_str(self.used_parameters.get(f"{name}_to"))
        # The calendar's ends have moments that UTC cannot tell; nothing lies beyond them.
        if first is not None and first > dt.date.min:
            queryset = queryset.filter(**{f"{name}__gte": periods.beginning(first, zone)})
        if last is not None and last < dt.date.max:
            after = periods.beginning(last + dt.timedelta(days=1), zone)
            queryset = queryset.filter(**{f"{name}__lt": after})
        return queryset


def days_query(field: str, first: dt.date, last: dt.date) -> str:
    """The query string that chooses these days in a LocalDaysFilter."""
    return urlencode({f"{field}_from": first.isoformat(), f"{field}_to": last.isoformat()})
