"""Groups of customers, and who is in them."""

from __future__ import annotations

from guestman.errors import GroupNotFound
from guestman.models import Customer, CustomerGroup
from guestman.rules import text
from guestman.services import customer as customers
from guestman.services import versions
from guestman.services.journal import Journal
from guestman.services.writing import writing
from shopman import clock
from shopman.unset import UNSET, NotGiven


def assign(*, customer: Customer, group_code: str | None) -> Customer:
    """Put an active customer into a group, or with None into no group.

    Raises CustomerNotFound, CustomerInactive, UnknownGroup.
    """
    return customers.update(customer.pk, group_code=group_code)


@writing()
def create(*, code: str, name: str, price_list_code: str = "", priority: int = 0) -> CustomerGroup:
    """A new group. Raises GroupCodeTaken, InvalidCode, InvalidText."""
    journal = Journal(at=clock.now())
    group = CustomerGroup(
        code=text.code(code),
        name=text.line(name, "name", 200, min_length=1),
        price_list_code=text.line(price_list_code, "price_list_code", 64),
        priority=priority,
        created_at=journal.at,
        updated_at=journal.at,
    )
    group.save(force_insert=True)
    names = ("code", "name", "price_list_code", "priority", "is_default", "version")
    after = {name: getattr(group, name) for name in names}
    journal.audit_other(group.subject, "group.create", before={}, after=after)
    journal.write()
    return group


@writing()
def update(
    *,
    group: CustomerGroup,
    expected_version: int | None = None,
    name: str | NotGiven = UNSET,
    price_list_code: str | NotGiven = UNSET,
    priority: int | NotGiven = UNSET,
) -> CustomerGroup:
    """Change what is given; the code stays. Raises GroupNotFound, StaleVersion, InvalidText."""
    journal = Journal(at=clock.now())
    row = _locked(group)
    versions.require(row, expected_version)
    columns: dict[str, object] = {}
    if name is not UNSET:
        columns["name"] = text.line(name, "name", 200, min_length=1)
    if price_list_code is not UNSET:
        columns["price_list_code"] = text.line(price_list_code, "price_list_code", 64)
    if priority is not UNSET:
        columns["priority"] = priority
    _store(row, columns, "group.update", journal)
    journal.write()
    return row


@writing()
def set_default(*, group: CustomerGroup) -> CustomerGroup:
    """Make this the group of new customers, in place of the present one. Raises GroupNotFound."""
    journal = Journal(at=clock.now())
    rows = {
        row.pk: row
        for row in CustomerGroup.objects.order_by("uuid").select_for_update()
        if row.is_default or row.pk == group.pk
    }
    if group.pk not in rows:
        raise GroupNotFound
    for row in rows.values():
        if row.pk != group.pk:
            _store(row, {"is_default": False}, "group.set_default", journal)
    chosen: CustomerGroup = rows[group.pk]
    _store(chosen, {"is_default": True}, "group.set_default", journal)
    journal.write()
    return chosen


def _locked(group: CustomerGroup) -> CustomerGroup:
    row: CustomerGroup | None = (
        CustomerGroup.objects.filter(uuid=group.pk).select_for_update().first()
    )
    if row is None:
        raise GroupNotFound
    return row


def _store(row: CustomerGroup, columns: dict[str, object], action: str, journal: Journal) -> None:
    before = {name: getattr(row, name) for name in columns}
    changed = [name for name, value in columns.items() if before[name] != value]
    if not changed:
        return
    for name in changed:
        setattr(row, name, columns[name])
    row.version += 1
    row.updated_at = journal.at
    row.save(update_fields=[*changed, "version", "updated_at"])
    journal.audit_other(
        row.subject,
        action,
        before={name: before[name] for name in changed},
        after={**{name: columns[name] for name in changed}, "version": row.version},
    )
