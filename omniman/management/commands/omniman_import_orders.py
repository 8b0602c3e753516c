"""``manage.py omniman_import_orders FILE --mapping online-retail``."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import CommandError, CommandParser

from omniman.rules.order_import_rows import ImportedOrder
from omniman.services import order_import
from omniman.services.order_import import Summary
from omniman.services.order_spool import Rows
from shopman import money
from shopman.management.base import TenantCommand
from shopman.models import Tenant


class RejectFile:
    """Rows that do not count, as CSV: line of the file, reason, and what the line says.

    There is a file only when a row was rejected: it is made with the first one, and one of an
    earlier run goes when this one ends without any.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._file: TextIO | None = None

    def __enter__(self) -> RejectFile:
        return self

    def __exit__(self, failed: type[BaseException] | None, *error: object) -> None:
        if self._file is not None:
            self._file.close()
        elif failed is None:
            self.path.unlink(missing_ok=True)

    def __call__(self, line: int, reason: str, content: Sequence[str]) -> None:
        self.count += 1
        if self._file is None:
            self._file = self.path.open(
                "w", encoding="utf-8", errors="backslashreplace", newline=""
            )
            csv.writer(self._file).writerow(["line", "reason", "content"])
        csv.writer(self._file).writerow([line, reason, *content])


class Command(TenantCommand):
    help = (
        "Import past orders from a CSV file (gzip or plain). A second run changes nothing, and a "
        "killed run goes on where it ended when the same command is given again."
    )

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--mapping", required=True, help="online-retail, cdnow, or the path of a .toml file"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen")
        parser.add_argument(
            "--rejects", type=Path, help="where rejected rows go (default: FILE's name-rejects.csv)"
        )
        parser.add_argument(
            "--batch-size",
            type=int,
            default=order_import.BATCH_ORDERS,
            help="most orders in one transaction (default: %(default)s)",
        )
        parser.add_argument(
            "--allow-foreign-currency",
            action="store_true",
            help="import although the file's currency is not the shop's",
        )

    def work(self, *, tenant: Tenant, **options: Any) -> None:
        if options["batch_size"] < 1:
            raise CommandError("--batch-size must be at least 1.")
        name, file = options["mapping"], options["file"]
        mapping = order_import.mapping(name)
        if not options["allow_foreign_currency"]:
            order_import.refuse_foreign_currency(mapping)
        path = options["rejects"] or Path(f"{file.name}-rejects.csv")
        with RejectFile(path) as rejects:
            if options["dry_run"]:
                summary = order_import.preview(
                    path=file,
                    mapping=mapping,
                    reject=rejects,
                    watch_rows=self._watch_rows,
                    watch_orders=self._watch_orders,
                )
            else:
                summary = order_import.run(
                    path=file,
                    mapping=mapping,
                    mapping_name=name,
                    reject=rejects,
                    watch_rows=self._watch_rows,
                    watch_orders=self._watch_orders,
                    batch_orders=options["batch_size"],
                )
        self._tell(summary, rejects, mapping.currency)

    def _watch_rows(self, rows: Rows) -> Rows:
        return self.progress(rows, unit="row")

    def _watch_orders(self, orders: Iterable[ImportedOrder], total: int) -> Iterable[ImportedOrder]:
        return self.progress(orders, total=total, unit="order")

    def _tell(self, summary: Summary, rejects: RejectFile, currency: str) -> None:
        counts = summary.counts
        lines = [
            "Nothing was written (dry run)." if summary.run is None else "Imported.",
            f"rows read          {summary.row_count}",
            f"rows rejected      {rejects.count}"
            + (f" (see {rejects.path})" * bool(rejects.count)),
            f"orders in the file {summary.order_count}",
            f"sales              {counts.sale_count}, {_major(counts.sales_amount, currency)}",
            f"returns            {counts.return_count}, {_major(counts.returns_amount, currency)}",
            f"net                {_major(counts.net_amount, currency)}",
            f"lines              {counts.line_count}",
            f"of guests          {counts.guest_count} orders",
            f"there already      {counts.existing_count} orders, left as they are",
        ]
        if counts.different_count:
            lines.append(f"  with another total {counts.different_count} (among the rejects)")
        if summary.resumed_at:
            lines.insert(1, f"Went on after {summary.resumed_at} orders of an earlier run.")
        self.stdout.write("\n".join(lines))


def _major(amount: int, currency: str) -> str:
    return f"{money.to_major(amount, currency)} {currency}"
