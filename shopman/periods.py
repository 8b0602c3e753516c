"""Days and months of a time zone, and the moments at which they begin."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Sequence


def beginning(day: dt.date, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    """The UTC moment at which a local day begins.

    Where the clocks skip midnight it is the moment they are put forward, where they strike it twice
    the first one (PEP 495).
    """
    return dt.datetime.combine(day, dt.time(), tzinfo=zone).astimezone(dt.UTC)


def beginnings(days: Sequence[dt.date], zone: zoneinfo.ZoneInfo) -> list[dt.datetime]:
    """The moments at which some days begin."""
    return [beginning(day, zone) for day in days]


def last_days(until: dt.date, count: int) -> list[dt.date]:
    """``count`` days, the last of them ``until``."""
    return [until - dt.timedelta(days=ago) for ago in reversed(range(count))]


def month_of(day: dt.date, *, after: int = 0) -> dt.date:
    """The first day of the month ``after`` months later; before it for a number below zero."""
    number = day.year * 12 + day.month - 1 + after
    return dt.date(number // 12, number % 12 + 1, 1)


def last_months(until: dt.date, count: int) -> list[dt.date]:
    """The first days of ``count`` months, the last of them that of ``until``."""
    return [month_of(until, after=-ago) for ago in reversed(range(count))]


def month_earlier(moment: dt.datetime, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    """The same day and local time a month before; the last day where that month is shorter."""
    local = moment.astimezone(zone)
    first = month_of(local.date(), after=-1)
    length = (month_of(local.date()) - first).days
    day = first.replace(day=min(local.day, length))
    return dt.datetime.combine(day, local.time(), tzinfo=zone).astimezone(dt.UTC)
