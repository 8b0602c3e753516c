"""Who is told of contacts and customers inside the transaction that changes them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from guestman.models import ContactPoint, Customer, ExternalIdentity
from guestman.services.newcomers import Newcomer

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
NewcomerObserver = Callable[[Sequence[Newcomer]], None]

_observers: list[Observer] = []
_customer_observers: list[CustomerObserver] = []
#: Observers of newcomers, each with those it speaks for.
_newcomer_observers: dict[NewcomerObserver, Collection[Observer | CustomerObserver]] = {}


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


def register_newcomers(
    observer: NewcomerObserver, *, instead_of: Collection[Observer | CustomerObserver]
) -> None:
    """Call ``observer`` with customers who were made many at once, before they are committed.

    Those it speaks for are not told of them row by row; everybody else is.
    """
    _newcomer_observers[observer] = instead_of


def unregister_newcomers(observer: NewcomerObserver) -> None:
    """Take an observer of newcomers back; for tests."""
    del _newcomer_observers[observer]


def tell_newcomers(newcomers: Sequence[Newcomer], *, fields: Collection[str]) -> None:
    """Call every observer of newcomers, and those nobody speaks for with the rows.

    ``fields``: what is told of a new customer.
    """
    if not newcomers:
        return
    for observer in _newcomer_observers:
        observer(newcomers)
    spoken_for = {each for group in _newcomer_observers.values() for each in group}
    customer_observers = [each for each in _customer_observers if each not in spoken_for]
    contact_observers = [each for each in _observers if each not in spoken_for]
    if not customer_observers and not contact_observers:
        return
    keys = [each.key for each in newcomers]
    rows = {row.pk: row for row in Customer.objects.filter(uuid__among=keys)}
    changes = [CustomerChange(row=rows[key], fields=frozenset(fields), is_new=True) for key in keys]
    for customer_observer in customer_observers:
        customer_observer(changes)
    added = list(_added(rows)) if contact_observers else []
    for contact_observer in contact_observers:
        contact_observer(added)


def _added(customers: dict[UUID, Customer]) -> Iterator[ContactChange]:
    contacts = ContactPoint.objects.filter(customer__among=list(customers))
    for row in contacts.order_by("created_at", "uuid"):
        row.customer = customers[row.customer_id]
        yield ContactChange(row=row, change="added")
