"""Addresses of customers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from guestman.conf import conf
from guestman.errors import AddressNotFound, TooManyAddresses
from guestman.models import Customer, CustomerAddress
from guestman.protocols.geocoder import NullGeocoder, PlaceSuggestion
from guestman.rules import addresses
from guestman.services import locks, ports, provenance, versions
from guestman.services.journal import Journal
from guestman.services.writing import writing
from shopman import clock, tenancy
from shopman.unset import UNSET, NotGiven


def add(
    *,
    customer: Customer,
    street: str,
    city: str,
    label: str = "",
    purpose: str = "delivery",
    number: str = "",
    complement: str = "",
    district: str = "",
    region: str = "",
    postal_code: str = "",
    country: str | None = None,
    place_id: str = "",
    latitude: Decimal | None = None,
    longitude: Decimal | None = None,
    instructions: str = "",
) -> CustomerAddress:
    """A new address; the first of its purpose is the default one.

    One that says the same to the letter is not written twice: it is returned as it is. ``country``
    is ISO 3166-1 alpha-2, None the tenant's. Raises CustomerNotFound, CustomerInactive,
    InvalidText, InvalidChoice, InvalidAddress, TooManyAddresses.
    """
    columns = addresses.columns(
        label=label,
        purpose=purpose,
        street=street,
        number=number,
        complement=complement,
        district=district,
        city=city,
        region=region,
        postal_code=postal_code,
        country=country or tenancy.current().default_region,
        place_id=place_id,
        latitude=latitude,
        longitude=longitude,
        instructions=instructions,
    )
    with writing():
        journal = Journal(at=clock.now())
        owner = locks.active_customer(customer.pk)
        known = list(CustomerAddress.objects.live().filter(customer=owner))
        for row in known:
            if all(getattr(row, name) == value for name, value in columns.items()):
                return row
        if len(known) >= conf.MAX_ADDRESSES:
            raise TooManyAddresses
        address = CustomerAddress(
            customer=owner,
            came_by=provenance.of(owner),
            created_at=journal.at,
            updated_at=journal.at,
            **columns,
        )
        address.organization = owner.organization
        address.is_default = not any(
            row.is_default and row.purpose == address.purpose for row in known
        )
        address.save(force_insert=True)
        after = {name: value for name, value in columns.items() if value not in ("", None)}
        after["is_default"] = address.is_default
        _audit(address, owner, "address.add", {}, after, journal)
        journal.write()
    return address


def update(
    *,
    address: CustomerAddress,
    expected_version: int | None = None,
    label: str | NotGiven = UNSET,
    street: str | NotGiven = UNSET,
    number: str | NotGiven = UNSET,
    complement: str | NotGiven = UNSET,
    district: str | NotGiven = UNSET,
    city: str | NotGiven = UNSET,
    region: str | NotGiven = UNSET,
    postal_code: str | NotGiven = UNSET,
    country: str | NotGiven = UNSET,
    place_id: str | NotGiven = UNSET,
    latitude: Decimal | NotGiven | None = UNSET,
    longitude: Decimal | NotGiven | None = UNSET,
    instructions: str | NotGiven = UNSET,
) -> CustomerAddress:
    """Change what is given; the purpose stays. Nothing is written when nothing differs.

    Raises AddressNotFound, CustomerInactive, StaleVersion (naming the fields changed since),
    InvalidText, InvalidAddress.
    """
    columns = addresses.columns(
        label=label,
        street=street,
        number=number,
        complement=complement,
        district=district,
        city=city,
        region=region,
        postal_code=postal_code,
        country=country,
        place_id=place_id,
        latitude=latitude,
        longitude=longitude,
        instructions=instructions,
    )
    with writing():
        journal = Journal(at=clock.now())
        owner, row = _locked(address)
        versions.require_address(row, expected_version)
        addresses.require_whole_position(
            columns.get("latitude", row.latitude), columns.get("longitude", row.longitude)
        )
        _store(row, owner, columns, "address.update", journal)
        journal.write()
    return row


@writing()
def set_default(*, address: CustomerAddress) -> CustomerAddress:
    """Make this the default address of its purpose. Raises AddressNotFound, CustomerInactive."""
    journal = Journal(at=clock.now())
    owner, row = _locked(address)
    for other in _defaults(row).exclude(uuid=row.pk):
        _store(other, owner, {"is_default": False}, "address.set_default", journal)
    _store(row, owner, {"is_default": True}, "address.set_default", journal)
    journal.write()
    return row


@writing()
def remove(*, address: CustomerAddress, expected_version: int | None = None) -> CustomerAddress:
    """Show this address no more; the oldest other one of its purpose becomes the default.

    Raises AddressNotFound, CustomerInactive, StaleVersion.
    """
    journal = Journal(at=clock.now())
    owner, row = _locked(address)
    versions.require_address(row, expected_version)
    was_default = row.is_default
    gone = {"removed_at": journal.at, "is_default": False}
    _store(row, owner, gone, "address.remove", journal)
    others = CustomerAddress.objects.live().filter(customer=owner, purpose=row.purpose)
    heir = others.order_by("created_at", "uuid").first() if was_default else None
    if heir is not None:
        _store(heir, owner, {"is_default": True}, "address.set_default", journal)
    journal.write()
    return row


def suggest(
    text: str, *, country: str | None = None, limit: int = 5, session: str = ""
) -> Sequence[PlaceSuggestion]:
    """Addresses the geocoder of ``GUESTMAN["GEOCODER"]`` knows for what somebody types.

    ``session`` is the same until a place is picked (``place``). Never called inside a transaction.
    Raises ``shopman.errors.Unavailable``.
    """
    return ports.geocoder.get().suggest(
        text,
        country=country or tenancy.current().default_region,
        limit=limit,
        session=session,
    )


def place(place_id: str, *, session: str = "") -> PlaceSuggestion:
    """The suggestion somebody picked, with its street, city and so on.

    Never called inside a transaction. Raises ``shopman.errors.Unavailable``.
    """
    return ports.geocoder.get().place(place_id, session=session)


def is_suggested() -> bool:
    """Whether the project has a geocoder at all."""
    return not isinstance(ports.geocoder.get(), NullGeocoder)


def _locked(address: CustomerAddress) -> tuple[Customer, CustomerAddress]:
    owner = locks.active_customer(address.customer_id)
    row = CustomerAddress.objects.live().filter(uuid=address.pk).first()
    if row is None:
        raise AddressNotFound
    row.customer = owner
    return owner, row


def _defaults(address: CustomerAddress) -> Any:
    return CustomerAddress.objects.live().filter(
        customer=address.customer, purpose=address.purpose, is_default=True
    )


def _store(
    row: CustomerAddress,
    owner: Customer,
    columns: dict[str, Any],
    action: str,
    journal: Journal,
) -> None:
    before = {name: getattr(row, name) for name in columns}
    changed = [name for name, value in columns.items() if before[name] != value]
    if not changed:
        return
    for name in changed:
        setattr(row, name, columns[name])
    row.version += 1
    row.updated_at = journal.at
    row.save(update_fields=[*changed, "version", "updated_at"])
    _audit(
        row,
        owner,
        action,
        {name: before[name] for name in changed},
        {name: columns[name] for name in changed},
        journal,
    )


def _audit(
    address: CustomerAddress,
    owner: Customer,
    action: str,
    before: dict[str, Any],
    after: dict[str, Any],
    journal: Journal,
) -> None:
    """An address has a version of its own; the entry of its customer tells it inside."""
    key = str(address.pk)
    journal.audit(
        owner,
        action,
        before={"addresses": {key: before}} if before else {},
        after={"addresses": {key: {**after, "version": address.version}}},
    )
    journal.observe_customer(owner, {"addresses"})
