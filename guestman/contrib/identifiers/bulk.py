"""Identity for many at once: what a room needs that brings whole files of people.

Beside this it may use ``models``, the pure ``rules``, and ``resolver`` for one claimant at a time;
an import contract keeps it to that.
"""

from __future__ import annotations

from guestman.contrib.identifiers.conf import conf
from guestman.contrib.identifiers.services.blocking import own_junk
from guestman.contrib.identifiers.services.claims import masked_claims
from guestman.contrib.identifiers.services.derivation import of_claim, store
from guestman.contrib.identifiers.services.hits import find
from guestman.contrib.identifiers.services.resolution import policy
from guestman.contrib.identifiers.services.reviews import Matter, open_many

__all__ = [
    "Matter",
    "find",
    "masked_claims",
    "max_per_family",
    "of_claim",
    "open_many",
    "own_junk",
    "policy",
    "store",
]


def max_per_family() -> int:
    """Identifiers of one family that a customer may have before staff are asked."""
    return conf.MAX_PER_FAMILY
