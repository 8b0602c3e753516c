"""Who changed what since somebody looked."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from guestman.errors import CustomerNotFound, StaleVersion
from guestman.models import Customer, CustomerAddress, CustomerGroup
from shopman.errors import changed_meanwhile
from shopman.models import AuditEntry


def changes_since(code: str | UUID, version: int) -> list[str]:
    """Names of the customer's fields changed after ``version``, sorted; from the audit trail.

    Raises CustomerNotFound.
    """
    by_key = {"uuid": code} if isinstance(code, UUID) else {"code": code}
    customer = Customer.objects.filter(**by_key).only("uuid").first()
    if customer is None:
        raise CustomerNotFound
    return _changed(customer.subject, version)


def require(row: Customer | CustomerGroup, expected: int | None) -> None:
    """Raises StaleVersion, naming the fields changed since, unless the version is as expected."""
    if expected is not None and row.version != expected:
        raise _stale(_changed(row.subject, expected))


def require_address(row: CustomerAddress, expected: int | None) -> None:
    """The same for an address, whose changes stand in its customer's audit trail."""
    if expected is None or row.version == expected:
        return
    key = str(row.pk)
    entries = AuditEntry.objects.filter(
        subject=row.customer.subject, **{f"after__addresses__{key}__version__gt": expected}
    )
    names: set[str] = set()
    for after in entries.values_list("after", flat=True):
        names.update(after["addresses"][key])
    raise _stale(names - {"version"})


def _changed(subject: str, version: int) -> list[str]:
    entries = AuditEntry.objects.filter(subject=subject, after__version__gt=version)
    names = {name for after in entries.values_list("after", flat=True) for name in after}
    return sorted(names - {"version"})


def _stale(names: Iterable[str]) -> StaleVersion:
    return StaleVersion(errors=changed_meanwhile(names))
