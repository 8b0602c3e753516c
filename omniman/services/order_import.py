"""Past orders from another system, once and for good.

The identity of an order is (tenant, source, external reference): a second run changes nothing. A
batch of orders, their customers, the outbox fact and the position of the run are one transaction:
after a crash the same command goes on where the last batch ended.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from omniman.errors import ForeignCurrency, ImportTakenOver, InvalidMapping, UnknownMapping
from omniman.models import Channel, ImportRun, Order
from omniman.protocols.customer import CustomerRef
from omniman.rules import order_import
from omniman.rules.order_import import Mapping
from omniman.rules.order_import_rows import ImportedOrder
from omniman.rules.status import Kind
from omniman.services import channel as channels
from omniman.services import order_import_rows as order_rows
from omniman.services.neighbours import customers
from omniman.services.order_import_rejects import Rejects
from omniman.services.order_spool import Reject, Spool, Watch, digest_of
from omniman.signals import orders_imported
from shopman import actor, clock, events, outbox, tenancy

MAPPINGS: Final = Path(__file__).resolve().parent.parent / "mappings"
#: Orders and lines in one transaction, whichever is reached first.
BATCH_ORDERS: Final = 1000
BATCH_LINES: Final = 20_000
#: A batch is tried again when another import took one of its orders, or a reference was taken.
ATTEMPTS: Final = 4

Orders = Iterable[ImportedOrder]
#: Totals of orders that are there already, by external reference.
Known = dict[str, int]
WatchOrders = Callable[[Orders, int], Orders]


@dataclass(slots=True, kw_only=True)
class Counts:
    """What a run did to the database; amounts in minor units of the file's currency."""

    #: New orders: sales, and returns with their negative or zero totals.
    sale_count: int = 0
    return_count: int = 0
    #: Those of them without a customer.
    guest_count: int = 0
    line_count: int = 0
    sales_amount: int = 0
    returns_amount: int = 0
    #: Orders that were there already, and those of them whose total the file tells differently.
    existing_count: int = 0
    different_count: int = 0

    @property
    def net_amount(self) -> int:
        """Sales less returns."""
        return self.sales_amount + self.returns_amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """``counts`` cover all attempts at the run, killed ones too. ``run`` is None in a preview."""

    run: ImportRun | None
    row_count: int
    order_count: int
    counts: Counts
    resumed_at: int


def mapping(name: str) -> Mapping:
    """A built-in mapping by its name, or the one in a TOML file.

    Raises UnknownMapping, InvalidMapping.
    """
    path = Path(name) if name.endswith(".toml") else MAPPINGS / f"{name}.toml"
    if not path.is_file():
        known = ", ".join(sorted(each.stem for each in MAPPINGS.glob("*.toml")))
        raise UnknownMapping(f"There is no mapping {name!r}. Known: {known}, or a .toml file.")
    try:
        return order_import.mapping(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidMapping(f"{path}: {error}.") from error


def refuse_foreign_currency(mapping: Mapping) -> None:
    """Raise ForeignCurrency when the file is not in the currency of the tenant in use."""
    tenant = tenancy.current()
    if mapping.currency != tenant.default_currency:
        raise ForeignCurrency(
            f"The file is in {mapping.currency}, {tenant.slug} keeps {tenant.default_currency}."
        )


def preview(
    *, path: Path, mapping: Mapping, reject: Reject, watch_rows: Watch, watch_orders: WatchOrders
) -> Summary:
    """What an import would do, without writing anything. Raises UnreadableOrderFile."""
    counts = Counts()
    with Spool(mapping, reject) as spool:
        spool.fill(path, zone=_zone(mapping), watch=watch_rows)
        for batch in _batches(watch_orders(spool.orders(), spool.order_count), BATCH_ORDERS):
            known = _known(batch, mapping)
            _count(counts, batch, known)
            _reject_different(batch, known, reject)
        return Summary(
            run=None,
            row_count=spool.row_count,
            order_count=spool.order_count,
            counts=counts,
            resumed_at=0,
        )


def run(
    *,
    path: Path,
    mapping: Mapping,
    mapping_name: str,
    reject: Reject,
    watch_rows: Watch,
    watch_orders: WatchOrders,
    batch_orders: int = BATCH_ORDERS,
) -> Summary:
    """Import a file, going on where a killed run of the same file and mapping ended.

    ``reject`` is told of each row that does not count, those before the point of resuming too;
    ``watch_rows`` and ``watch_orders`` see everything pass (progress bars); ``batch_orders`` is the
    most orders in one transaction. Raises UnreadableOrderFile, and ImportTakenOver when two run the
    same import at once.
    """
    record = _record(path, mapping, mapping_name)
    rejects = Rejects(record.pk, reject)
    channel = channels.ensure(code=mapping.channel, name=mapping.channel_name)
    resumed_at = record.position
    with Spool(mapping, rejects) as spool:
        spool.fill(path, zone=_zone(mapping), watch=watch_rows)
        rejects.keep(order_count=spool.order_count)
        waiting = islice(watch_orders(spool.orders(), spool.order_count), resumed_at, None)
        position = resumed_at
        for batch in _batches(waiting, batch_orders):
            known = _import_batch(record.pk, position, batch, mapping, channel)
            _reject_different(batch, known, rejects)
            position += len(batch)
        rejects.keep(order_count=spool.order_count)
        _finish(record.pk, position)
        record.refresh_from_db()
        return Summary(
            run=record,
            row_count=spool.row_count,
            order_count=spool.order_count,
            counts=Counts(**record.counts),
            resumed_at=resumed_at,
        )


def _zone(mapping: Mapping) -> ZoneInfo:
    return ZoneInfo(mapping.time_zone) if mapping.time_zone else tenancy.current().zone


def _record(path: Path, mapping: Mapping, mapping_name: str) -> ImportRun:
    """The run of this file and mapping that was not finished, or a new one."""
    identity = {
        "file_digest": digest_of(path),
        "mapping_digest": mapping.digest,
        "status": ImportRun.RUNNING,
    }
    acting = actor.current()
    with transaction.atomic():
        row: ImportRun
        row, _ = ImportRun.objects.get_or_create(
            **identity,
            defaults={
                "file_name": path.name[-255:],
                "mapping": mapping_name[-200:],
                "source": mapping.source,
                "currency": mapping.currency,
                "counts": asdict(Counts()),
                "actor_kind": acting.kind,
                "actor_label": acting.label,
            },
        )
    return row


def _batches(orders: Orders, size: int) -> Iterator[list[ImportedOrder]]:
    batch: list[ImportedOrder] = []
    line_count = 0
    for order in orders:
        batch.append(order)
        line_count += len(order.lines)
        if len(batch) >= size or line_count >= BATCH_LINES:
            yield batch
            batch, line_count = [], 0
    if batch:
        yield batch


def _import_batch(
    run: UUID, position: int, batch: Sequence[ImportedOrder], mapping: Mapping, channel: Channel
) -> Known:
    for _ in range(ATTEMPTS - 1):
        try:
            return _try_batch(run, position, batch, mapping, channel)
        except IntegrityError:
            continue
    return _try_batch(run, position, batch, mapping, channel)


def _try_batch(
    run: UUID, position: int, batch: Sequence[ImportedOrder], mapping: Mapping, channel: Channel
) -> Known:
    """One batch in one transaction, and the run's position with it; returns what was there."""
    with transaction.atomic():
        record = _locked(run, position)
        known = _known(batch, mapping)
        new = [order for order in batch if order.external_ref not in known]
        if new:
            found = _customers(new, mapping)
            guests = order_rows.write(new, found, mapping=mapping, channel=channel, now=clock.now())
            _tell(run, found, guests)
        counts = Counts(**record.counts)
        _count(counts, batch, known)
        record.counts = asdict(counts)
        record.position = position + len(batch)
        record.updated_at = clock.now()
        record.save(update_fields=["counts", "position", "updated_at"])
    return known


def _locked(run: UUID, position: int) -> ImportRun:
    record: ImportRun = ImportRun.objects.select_for_update().get(pk=run)
    if record.position != position or record.status != ImportRun.RUNNING:
        raise ImportTakenOver
    return record


def _known(batch: Sequence[ImportedOrder], mapping: Mapping) -> Known:
    refs = [order.external_ref for order in batch]
    found = Order.objects.filter(source=mapping.source, external_ref__in=refs)
    return dict(found.values_list("external_ref", "total_amount"))


def _count(counts: Counts, batch: Sequence[ImportedOrder], known: Known) -> None:
    for order in batch:
        if order.external_ref in known:
            counts.existing_count += 1
            counts.different_count += known[order.external_ref] != order.total_amount
            continue
        counts.line_count += len(order.lines)
        counts.guest_count += order.customer_code is None
        if order.kind is Kind.RETURN:
            counts.return_count += 1
            counts.returns_amount += order.total_amount
        else:
            counts.sale_count += 1
            counts.sales_amount += order.total_amount


def _reject_different(batch: Sequence[ImportedOrder], known: Known, reject: Reject) -> None:
    """Tell of orders that are there with another total; they are left as they are."""
    for order in batch:
        if known.get(order.external_ref, order.total_amount) != order.total_amount:
            first = min(line.line for line in order.lines)
            reject(first, "exists_with_another_total", [order.external_ref])


def _customers(new: Sequence[ImportedOrder], mapping: Mapping) -> dict[str, UUID]:
    codes = dict.fromkeys(order.customer_code for order in new if order.customer_code)
    if not codes:
        return {}
    refs = [CustomerRef(code=code, source=mapping.source) for code in codes]
    return dict(customers.get().ensure_many(refs))


def _tell(run: UUID, known: dict[str, UUID], guests: Sequence[UUID]) -> None:
    """Others keep figures about these customers, or find out who guests are: one fact a batch."""
    found = sorted(set(known.values()))
    if not found and not guests:
        return
    outbox.record(
        "omniman.orders_imported",
        subject=f"import:{run}",
        payload={
            "customer_uuids": [str(key) for key in found],
            "guest_order_uuids": [str(key) for key in guests],
        },
    )
    events.announce(orders_imported, sender=Order, import_uuid=run, customer_uuids=found)


def _finish(run: UUID, position: int) -> None:
    with transaction.atomic():
        record = _locked(run, position)
        record.status = ImportRun.FINISHED
        record.finished_at = record.updated_at = clock.now()
        record.save(update_fields=["status", "finished_at", "updated_at"])
