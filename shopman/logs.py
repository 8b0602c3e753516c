"""Structured logs: one JSON object a line, with request id and tenant, without personal data."""

from __future__ import annotations

import datetime as dt
import logging
import re

import orjson

from shopman import actor, tenancy
from shopman.contact import mask

_EMAIL = re.compile(r"[^\s@<>\"'=(),;:\[\]{}]+@[^\s@<>\"'=(),;:\[\]{}]+\.[\w-]{2,}")
_PHONE = re.compile(
    r"""(?<![\w./:-])            # not within an id, an address or a time
    (?:\+\d|\(\d|\d)             # a plus, a bracketed area code or a digit
    (?:[\s().-]?\d){8,16}        # nine digits or more with their separators
    (?![\w-])""",
    re.VERBOSE,
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
#: Path segments that are keys to something, such as an order's tracking token, with whatever a mail
#: program put behind a link.
_SECRET_SEGMENT = re.compile(r"(?<=/)(?![0-9a-f]{8}-)[A-Za-z0-9_=-]{24,}[^/\s\"]*")


def without_personal_data(text: str) -> str:
    """The text with everything masked that looks like an e-mail address or a phone number."""
    text = _EMAIL.sub(lambda found: mask(found[0]), text)
    return _PHONE.sub(_masked_phone, text)


def _masked_phone(found: re.Match[str]) -> str:
    return found[0] if _DATE.match(found[0]) else mask(re.sub(r"[\s().-]", "", found[0]))


class ContextFilter(logging.Filter):
    """Adds ``request_id``, ``tenant`` and ``path`` to every record and masks personal data.

    The message is put together here, so that no handler behind it sees the arguments.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        tenant = tenancy.current_or_none()
        record.tenant = tenant.slug if tenant else ""
        record.request_id = actor.request_id()
        record.path = without_personal_data(
            _SECRET_SEGMENT.sub("•••", str(getattr(record, "path", "")))
        )
        # Django names the path in its own messages.
        record.msg = without_personal_data(_SECRET_SEGMENT.sub("•••", record.getMessage()))
        record.args = None
        return True


class JSONFormatter(logging.Formatter):
    """A record as one line of JSON: time, level, logger, message, request_id, tenant, path.

    ``status`` and ``duration_ms`` are there when given. Behind a ContextFilter.
    """

    OPTIONAL = ("status", "duration_ms")

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": getattr(record, "request_id", ""),
            "tenant": getattr(record, "tenant", ""),
            "path": getattr(record, "path", ""),
        }
        entry |= {name: getattr(record, name) for name in self.OPTIONAL if hasattr(record, name)}
        if record.exc_info:
            entry["exception"] = without_personal_data(self.formatException(record.exc_info))
        return orjson.dumps(entry, default=str).decode()


class ConsoleFormatter(logging.Formatter):
    """The same for people at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        at = dt.datetime.fromtimestamp(record.created, dt.UTC)
        facts = [
            f"{at:%H:%M:%S}",
            record.levelname,
            record.name,
            record.getMessage(),
            str(getattr(record, "path", "")),
        ]
        line = " ".join(filter(None, facts))
        if record.exc_info:
            line += f"\n{without_personal_data(self.formatException(record.exc_info))}"
        return line
