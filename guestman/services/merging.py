"""What takes part in a merge of two customers; the merge itself is ``guestman.contrib.merge``.

    # in ready() of a room
    merging.register(Belonging(model=CustomerIdentifier))
    merging.object_to(protected_pair)
    merging.on_merge(customers_merged)
    merging.automate(automatic)

Every reference to Customer needs a rule (``register``), or ``manage.py check`` fails. Apps that
name a customer by uuid say so in ``shopman.subjects``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Protocol
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model

from guestman.models import ContactPoint, Customer, CustomerAddress, ExternalIdentity
from guestman.rules.evidence import rank
from shopman import subjects
from shopman.errors import Failure
from shopman.subjects import Belonging, Row


class MergeRecord(Protocol):
    """What hooks are told of a merge: its key, and when it was made."""

    pk: UUID
    at: dt.datetime


class AutomaticMerge(Protocol):
    """What the room that merges does by itself, where a shop wants it; a module is one."""

    def room(self) -> int:
        """How many more may be made today in the tenant in use; 0 where the shop wants none."""
        ...

    def merge(self, one: UUID, other: UUID, *, because: str) -> UUID | None:
        """Merge two customers in the transaction that is running; the key of who stays.

        ``because`` is a stable word, kept with the merge. None, and nothing is changed, where
        something speaks against it or the day is full.
        """
        ...


#: ``check(survivor, duplicate)`` answers the named error that forbids the merge, or None. It is
#: asked for the preview and again when both rows are locked, so it looks at the database anew.
Objection = Callable[[Customer, Customer], Failure | None]
#: ``hook(survivor=..., duplicate=..., merge=...)``, inside the transaction; what it raises undoes
#: everything. Both customers are locked and as the merge or un-merge left them.
Hook = Callable[..., None]

_belongings: dict[tuple[type[Model], str], Belonging] = {}
_objections: list[Objection] = []
_on_merge: list[Hook] = []
_on_unmerge: list[Hook] = []
_automatic: list[AutomaticMerge] = []


def register(*belongings: Belonging) -> None:
    """Say what becomes of rows that refer to a customer.

    Raises ImproperlyConfigured when the reference has another rule.
    """
    for each in belongings:
        key = (each.model, each.column)
        if _belongings.setdefault(key, each) != each:
            raise ImproperlyConfigured(f"{each.label}.{each.column} has a merge rule already.")


def unregister(belonging: Belonging) -> None:
    """Take a rule back; for tests."""
    del _belongings[belonging.model, belonging.column]


def belongings() -> list[Belonging]:
    """The rules of guestman and its rooms, then those of other apps, in a fixed order."""
    own = [_belongings[key] for key in sorted(_belongings, key=_place)]
    return own + [each for subject in subjects.registered() for each in subject.reassign]


def object_to(check: Objection) -> None:
    """Let ``check`` forbid merges."""
    if check not in _objections:
        _objections.append(check)


def objection(survivor: Customer, duplicate: Customer) -> Failure | None:
    """The first named error that forbids this merge, or None."""
    return next(filter(None, (check(survivor, duplicate) for check in _objections)), None)


def on_merge(hook: Hook) -> None:
    """Call ``hook`` inside the transaction of every merge."""
    if hook not in _on_merge:
        _on_merge.append(hook)


def on_unmerge(hook: Hook) -> None:
    """Call ``hook`` inside the transaction of every un-merge."""
    if hook not in _on_unmerge:
        _on_unmerge.append(hook)


def automate(automatic: AutomaticMerge) -> None:
    """Let ``automatic`` make merges that nobody agreed to one by one."""
    _automatic[:] = [automatic]


def automatic_room() -> int:
    """How many merges may be made by themselves today. 0 where nobody makes any."""
    return sum(each.room() for each in _automatic)


def merge_automatically(one: UUID, other: UUID, *, because: str) -> UUID | None:
    """Merge two customers as ``AutomaticMerge.merge`` does; None where nobody does it."""
    found = (each.merge(one, other, because=because) for each in _automatic)
    return next(found, None)


def tell_merged(*, survivor: Customer, duplicate: Customer, merge: MergeRecord) -> None:
    """Call every hook of merges; for the room that merges."""
    for hook in _on_merge:
        hook(survivor=survivor, duplicate=duplicate, merge=merge)


def tell_unmerged(*, survivor: Customer, duplicate: Customer, merge: MergeRecord) -> None:
    """Call every hook of un-merges; for the room that merges."""
    for hook in _on_unmerge:
        hook(survivor=survivor, duplicate=duplicate, merge=merge)


def _place(key: tuple[type[Model], str]) -> tuple[str, str]:
    return key[0]._meta.label_lower, key[1]


def _unlinked(at: dt.datetime) -> Row:
    return {"is_active": False, "unlinked_at": at}


def _released(at: dt.datetime) -> Row:
    return {"released_at": at, "is_primary": False}


def _better_proved(survivors: Row, duplicates: Row) -> bool:
    return rank(duplicates["evidence"]) > rank(survivors["evidence"])


def _core() -> tuple[Belonging, ...]:
    no_default: dict[str, Any] = {"is_default": False}
    return (
        Belonging(
            model=ContactPoint,
            yields={"contact_one_primary": {"is_primary": False}},
            parked=_released,
            is_stronger=_better_proved,
            inherits=("kind", "is_primary"),
            came_by="came_by",
            stands_for=("family", "match_key"),
        ),
        Belonging(
            model=CustomerAddress,
            yields={"address_one_default": no_default},
            came_by="came_by",
        ),
        # One account is linked once in a tenant: two customers cannot both have it.
        Belonging(
            model=ExternalIdentity,
            parked=_unlinked,
            came_by="came_by",
            stands_for=("provider", "issuer", "subject"),
        ),
        # Aliases are led to the survivor by the merge itself.
        Belonging(model=Customer, column="merged_into", on_merge="stay"),
    )


def register_core() -> None:
    """Register the rules of guestman's own models; called when the app is ready."""
    register(*_core())
