"""The queue of pairs to decide: what comes next."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from guestman.contrib.duplicates.models import DuplicatePair


def after(pair: DuplicatePair, organizations: Collection[UUID] = ()) -> DuplicatePair | None:
    """The pair to decide after this one, from the top again at the end; None: there is no other.

    ``organizations`` are those the reader may see; all without any.
    """
    waiting = DuplicatePair.objects.waiting().sure().visible_to(organizations)
    rest = waiting.exclude(pk=pair.pk).in_reading_order()
    below = Q(rank__lt=pair.rank) | Q(rank=pair.rank, uuid__lt=pair.pk)
    found: DuplicatePair | None = rest.filter(below).first() or rest.first()
    return found
