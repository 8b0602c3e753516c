"""What ``as_of`` may be."""

from __future__ import annotations

import datetime as dt

from guestman.contrib.insights.errors import AmbiguousMoment
from shopman import clock, tenancy


def moment(as_of: dt.date | dt.datetime | str | None) -> dt.datetime:
    """The moment in UTC before which orders count.

    None is now, a date is 00:00 of that day in the tenant's time zone, a datetime needs an offset;
    text is either of them in ISO 8601. Raises AmbiguousMoment.
    """
    if as_of is None:
        return clock.now()
    if isinstance(as_of, str):
        as_of = _parsed(as_of)
    if not isinstance(as_of, dt.datetime):
        start = dt.datetime.combine(as_of, dt.time(), tzinfo=tenancy.current().zone)
        return start.astimezone(dt.UTC)
    if as_of.utcoffset() is None:
        raise AmbiguousMoment(f"{as_of.isoformat()} needs an offset from UTC.")
    return as_of.astimezone(dt.UTC)


def _parsed(text: str) -> dt.date | dt.datetime:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        pass
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise AmbiguousMoment(f"{text!r} is neither a date nor a time in ISO 8601.") from error
