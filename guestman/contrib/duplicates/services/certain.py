"""Pairs that are merged by themselves, where the shop wants it."""

from __future__ import annotations

from guestman.contrib.duplicates.models import DuplicatePair
from guestman.contrib.duplicates.rules.scoring import Band
from guestman.contrib.duplicates.services.comparison import finding
from guestman.services import merging

#: Pairs looked at in one go, of which some cannot be merged by themselves.
_LOOKED_AT = 1000


def merge_certain() -> int:
    """Merge open pairs that are certain, as many as the day has room for; how many there were.

    Each is compared anew: what is stored may be older than the customers are. The most worth
    deciding come first. One transaction a pair.
    """
    merged = 0
    if not merging.automatic_room():
        return merged
    waiting = DuplicatePair.objects.waiting().filter(band=DuplicatePair.Band.CERTAIN)
    for low, high in list(waiting.in_reading_order().values_list("low", "high")[:_LOOKED_AT]):
        if not merging.automatic_room():
            break
        found = finding(low, high)
        if found is not None and found.band == Band.CERTAIN:
            merged += bool(merging.merge_automatically(low, high, because="certain"))
    return merged
