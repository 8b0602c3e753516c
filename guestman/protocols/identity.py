"""Who decides whose a proved contact is. The project names the resolver in ``GUESTMAN``."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID


class IdentityResolver(Protocol):
    """Decides for core. The default looks at possession alone (``guestman.services.proof``)."""

    def customer_of_phone(self, phone: str, *, method: str) -> UUID:
        """The customer of a number that was just proved by ``method``, made if there is none.

        ``phone`` is canonical. Runs inside the caller's transaction, which holds the lock of the
        number, and leaves the number verified for the customer it returns. An inactive owner is
        returned as he is.
        """
        ...
