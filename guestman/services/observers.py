"""Who is told of contacts and customers inside the transaction that changes them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from guestman.models import ContactPoint, Customer, ExternalIdentity

Change = Literal["added", "changed", "verified", "released", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactChange:
    """One contact or external identity as it is now (``removed``: as it was)."""

    row: ContactPoint | ExternalIdentity
    change: Change
    #: Of a customer who is new himself, of whom the observers of customers are told.
    is_newcomers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerChange:
    """A customer as it is now, and the names of the fields that changed; of a new one, all.

    ``addresses`` is among them when one of his addresses was added, changed or removed.
    """

    row: Customer
    fields: Collection[str]
    is_new: bool = False


Observer = Callable[[Sequence[ContactChange]], None]
CustomerObserver = Callable[[Sequence[CustomerChange]], None]

_observers: list[Observer] = []
_customer_observers: list[CustomerObserver] = []


def register(observer: Observer) -> None:
    """Call ``observer`` with all changes of a service call, before it commits.

    For an app's ``ready()``. What the observer raises undoes the change.
    """
    if observer not in _observers:
        _observers.append(observer)


def unregister(observer: Observer) -> None:
    """Take an observer back; for tests."""
    _observers.remove(observer)


def tell(changes: Sequence[ContactChange]) -> None:
    """Call every observer."""
    if changes:
        for observer in _observers:
            observer(changes)


def register_customers(observer: CustomerObserver) -> None:
    """The same for customers themselves: made, changed, closed, opened again."""
    if observer not in _customer_observers:
        _customer_observers.append(observer)


def unregister_customers(observer: CustomerObserver) -> None:
    """Take an observer of customers back; for tests."""
    _customer_observers.remove(observer)


def tell_customers(changes: Sequence[CustomerChange]) -> None:
    """Call every observer of customers."""
    if changes:
        for observer in _customer_observers:
            observer(changes)
