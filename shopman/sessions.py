"""The staff's sessions: Django's own in the database, read without compiling the query again."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from shopman.prepared import Prepared

_by_key = Prepared(
    build=lambda mark: Session.objects.filter(pk=mark).values_list("session_data", "expire_date"),
    mark="-",
)


class SessionStore(db.SessionStore):
    """Set as ``SESSION_ENGINE = "shopman.sessions"``."""

    def load(self) -> dict[str, Any]:
        for stored, expires_at in _by_key.rows(self.session_key or ""):
            if expires_at > timezone.now():
                decoded: dict[str, Any] = self.decode(stored)
                return decoded
        # Nobody may choose the key of a session that does not exist.
        self._session_key = None
        return {}
