"""A price list from a file: first what would change, then exactly that."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Literal, NamedTuple, TypeVar
from uuid import UUID

from django.db import transaction

from offerman.errors import (
    InvalidImport,
    MixedCurrency,
    OverlappingItem,
    PreviewOutdated,
    PriceListNotFound,
    UnknownSku,
)
from offerman.models import PriceList, PriceListItem, Product
from offerman.rules import price_file
from offerman.rules.price_file import Key, LineProblem, PriceRow
from offerman.rules.validity import Period, any_overlap
from offerman.services import price_list as price_lists
from offerman.signals import price_list_saved
from shopman import audit, clock, tenancy
from shopman.audit import Change
from shopman.batches import batched
from shopman.errors import FieldError, Invalid
from shopman.events import announce

#: ``merge`` leaves prices that the file does not name; ``replace`` removes them.
Mode = Literal["merge", "replace"]
#: Lines with problems refuse the whole file, or are left out of a ``merge``.
Problems = Literal["refuse", "leave_out"]
#: SKUs asked for, or rows written, in one statement.
BATCH = 500
_PRODUCT = ("sku", "uuid", "currency")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedChange:
    """What one price would become. ``line`` is None for a price that the file does not name."""

    action: Literal["add", "change", "remove"]
    line: int | None
    sku: str
    minimum_quantity: Decimal
    valid_from: dt.datetime | None
    valid_until: dt.datetime | None
    amount: int
    valid_until_before: dt.datetime | None = None
    amount_before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPreview:
    """What an import would do. ``digest`` names exactly this: give it to ``apply``."""

    price_list: UUID
    mode: Mode
    changes: Sequence[PlannedChange]
    unchanged_count: int
    problems: Sequence[LineProblem]
    digest: str

    @property
    def counts(self) -> dict[str, int]:
        """How many prices would be added, changed, removed, or stay."""
        found = Counter(change.action for change in self.changes)
        return {
            "added": found["add"],
            "changed": found["change"],
            "removed": found["remove"],
            "unchanged": self.unchanged_count,
        }


class _Known(NamedTuple):
    uuid: UUID
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    preview: ImportPreview
    products: dict[str, _Known]
    items: dict[Key, PriceListItem]


def preview(*, price_list: UUID, content: str, mode: Mode = "merge") -> ImportPreview:
    """What importing the CSV would change; see ``offerman.rules.price_file`` for its columns.

    Raises PriceListNotFound, UnreadableFile. Lines that cannot be imported are ``problems``.
    """
    row = PriceList.objects.filter(pk=price_list).first()
    if row is None:
        raise PriceListNotFound
    return _plan(row, content, mode, _products).preview


def apply(
    *,
    price_list: UUID,
    content: str,
    digest: str,
    mode: Mode = "merge",
    problems: Problems = "refuse",
) -> ImportPreview:
    """Import the CSV as previewed, all of it or nothing; returns what was done.

    Lines with problems may be left out of a ``merge``: a ``replace`` would take the prices away
    that they were to change. Raises PriceListNotFound, UnreadableFile, InvalidImport when a line
    has a problem and is not left out, PreviewOutdated when the list, the file or the mode is not
    what ``digest`` was made from.
    """
    with transaction.atomic():
        row = price_lists.locked(price_list)
        plan = _plan(row, content, mode, _locked_products)
        if plan.preview.problems and (problems == "refuse" or mode == "replace"):
            raise InvalidImport(errors=[_as_error(each) for each in plan.preview.problems])
        if plan.preview.digest != digest:
            raise PreviewOutdated
        _write(row, plan)
        if plan.preview.changes:
            announce(price_list_saved, sender=PriceList, price_list_uuid=row.uuid)
    return plan.preview


def _plan(
    row: PriceList, content: str, mode: Mode, find: Callable[[set[str]], dict[str, _Known]]
) -> _Plan:
    rows, problems = price_file.read(content, currency=row.currency, zone=tenancy.current().zone)
    found = PriceListItem.objects.filter(price_list=row).select_related("product")
    items = {(each.product.sku, each.minimum_quantity, each.valid_from): each for each in found}
    products = find({each.sku for each in rows})
    refused = [why for each in rows if (why := _refusal(each, row, products.get(each.sku)))]
    lines = {problem.line for problem in refused}
    known = [each for each in rows if each.line not in lines]
    removed = items.keys() - {each.key for each in known} if mode == "replace" else set()
    good, overlapping = _without_overlaps(
        known, [key for key in items if key not in removed], items
    )
    planned = [_planned(each, items.get(each.key)) for each in good]
    changes = [change for change in planned if change]
    changes += [_removal(key, items[key]) for key in sorted(removed, key=str)]
    preview = ImportPreview(
        price_list=row.uuid,
        mode=mode,
        changes=changes,
        unchanged_count=planned.count(None),
        problems=sorted(
            [*problems, *refused, *overlapping], key=lambda problem: (problem.line, problem.code)
        ),
        digest=_digest(row, mode, changes),
    )
    return _Plan(preview=preview, products=products, items=items)


def _planned(row: PriceRow, item: PriceListItem | None) -> PlannedChange | None:
    if item and (item.amount, item.valid_until) == (row.amount, row.period.valid_until):
        return None
    return PlannedChange(
        action="change" if item else "add",
        line=row.line,
        sku=row.sku,
        minimum_quantity=row.minimum_quantity,
        valid_from=row.period.valid_from,
        valid_until=row.period.valid_until,
        amount=row.amount,
        valid_until_before=item.valid_until if item else None,
        amount_before=item.amount if item else None,
    )


def _removal(key: Key, item: PriceListItem) -> PlannedChange:
    sku, minimum_quantity, valid_from = key
    return PlannedChange(
        action="remove",
        line=None,
        sku=sku,
        minimum_quantity=minimum_quantity,
        valid_from=valid_from,
        valid_until=item.valid_until,
        amount=item.amount,
        valid_until_before=item.valid_until,
        amount_before=item.amount,
    )


def _without_overlaps(
    rows: Sequence[PriceRow], kept: Sequence[Key], items: dict[Key, PriceListItem]
) -> tuple[Sequence[PriceRow], list[LineProblem]]:
    """The lines that can all be written together, and why the others cannot.

    Leaving one out keeps the price that it was to change, which another line may overlap in turn.
    """
    problems: list[LineProblem] = []
    while found := list(_overlaps(rows, kept, items)):
        problems += found
        lines = {problem.line for problem in found}
        rows = [row for row in rows if row.line not in lines]
    return rows, problems


def _overlaps(
    rows: Sequence[PriceRow], kept: Iterable[Key], items: dict[Key, PriceListItem]
) -> Iterator[LineProblem]:
    """The lines whose prices would hold at the same time as another price of the same quantity."""
    periods: dict[tuple[str, Decimal], list[Period]] = defaultdict(list)
    by_key = {row.key: row for row in rows}
    for key in kept:
        if key not in by_key:
            end = items[key].valid_until
            periods[key[:2]].append(Period(valid_from=key[2], valid_until=end))
    for row in rows:
        periods[row.key[:2]].append(row.period)
    for row in rows:
        if any_overlap(periods[row.key[:2]]):
            failure = OverlappingItem()
            yield LineProblem(line=row.line, code=failure.code, message=failure.detail)


def _refusal(row: PriceRow, price_list: PriceList, product: _Known | None) -> LineProblem | None:
    """Why the product cannot have the price, if it cannot."""
    failure: Invalid
    if product is None:
        failure = UnknownSku(f"No product has the SKU {row.sku!r}.")
    elif product.currency != price_list.currency:
        failure = MixedCurrency(
            f"{row.sku} is sold in {product.currency}, the list is in {price_list.currency}."
        )
    else:
        return None
    return LineProblem(line=row.line, code=failure.code, message=failure.detail)


def _digest(row: PriceList, mode: Mode, changes: Sequence[PlannedChange]) -> str:
    facts = [str(row.uuid), mode, [asdict(change) for change in changes]]
    return hashlib.sha256(json.dumps(facts, default=str).encode()).hexdigest()


def _products(skus: set[str]) -> dict[str, _Known]:
    return {
        sku: _Known(*facts)
        for batch in batched(sorted(skus), BATCH)
        for sku, *facts in Product.objects.filter(sku__in=batch).values_list(*_PRODUCT)
    }


def _locked_products(skus: set[str]) -> dict[str, _Known]:
    keys = sorted(each.uuid for each in _products(skus).values())
    return {
        sku: _Known(*facts)
        for batch in batched(keys, BATCH)
        for sku, *facts in Product.objects.select_for_update()
        .filter(pk__in=batch)
        .order_by("pk")
        .values_list(*_PRODUCT)
    }


def _write(row: PriceList, plan: _Plan) -> None:
    """Remove, change and add, in that order: nothing overlaps on the way."""
    rows: dict[str, list[PriceListItem]] = {"remove": [], "change": [], "add": []}
    trail: list[Change] = []
    for change in plan.preview.changes:
        item = plan.items.get((change.sku, change.minimum_quantity, change.valid_from))
        before = price_lists.item_facts(item) if item else {}
        item = (
            _changed(item, change) if item else _added(row, plan.products[change.sku].uuid, change)
        )
        rows[change.action].append(item)
        trail.append(
            Change(
                subject=item.subject,
                action=f"price_import.{change.action}",
                before=before,
                after={} if change.action == "remove" else price_lists.item_facts(item),
            )
        )
    for batch in batched(rows["remove"], BATCH):
        PriceListItem.objects.filter(pk__in=[item.pk for item in batch]).delete()
    for batch in batched(rows["change"], BATCH):
        PriceListItem.objects.bulk_update(batch, ["amount", "valid_until", "version", "updated_at"])
    for batch in batched(rows["add"], BATCH):
        PriceListItem.objects.bulk_create(batch)
    for entries in batched(trail, BATCH):
        audit.record_many(entries)


def _changed(item: PriceListItem, change: PlannedChange) -> PriceListItem:
    item.amount, item.valid_until = change.amount, change.valid_until
    item.version, item.updated_at = item.version + 1, clock.now()
    return item


def _added(row: PriceList, product: UUID, change: PlannedChange) -> PriceListItem:
    return PriceListItem(
        price_list=row,
        product_id=product,
        minimum_quantity=change.minimum_quantity,
        amount=change.amount,
        valid_from=change.valid_from,
        valid_until=change.valid_until,
    )


def _as_error(problem: LineProblem) -> FieldError:
    return FieldError(field=f"lines.{problem.line}", code=problem.code, message=problem.message)
