"""``manage.py guestman_import FILE --mapping guess``."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from guestman.contrib.imports.errors import InvalidMapping
from guestman.contrib.imports.rules import mapping as mappings
from guestman.contrib.imports.rules.csv_file import Record
from guestman.contrib.imports.rules.judgement import Group, Judged
from guestman.contrib.imports.rules.mapping import Mapping
from guestman.contrib.imports.rules.table import Table, open_table
from guestman.contrib.imports.services import rejects, revert, runs
from guestman.contrib.imports.services.runs import Summary
from guestman.contrib.imports.services.sources import Source
from shopman.management.base import TenantCommand
from shopman.models import Tenant

#: Groups of each kind that a dry run shows.
EXAMPLES: Final = 5
#: Exit code of an import that left rows out: conflicts, or rows that cannot be read.
SOME_LEFT_OUT: Final = 3


class Command(TenantCommand):
    help = (
        "Import customers from a CSV or Excel file. A second run changes nothing, a killed run "
        "goes on where it ended when the same command is given again. Exit code 3: rows were left "
        "out."
    )

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", nargs="?")
        parser.add_argument(
            "--mapping",
            default="guess",
            help="guess, field=column,... or the path of a .toml file (default: %(default)s)",
        )
        parser.add_argument("--source", help="the system the file comes from (default: its name)")
        parser.add_argument(
            "--trusted",
            action="store_true",
            help="the shop vouches for the file: contacts count as asserted, gaps are filled",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen")
        parser.add_argument(
            "--rejects", type=Path, help="where left out rows go (default: FILE's name-rejects.csv)"
        )
        parser.add_argument("--batch-size", type=int, help="most customers in one transaction")
        parser.add_argument(
            "--revert", type=UUID, metavar="RUN", help="take back an import; needs no FILE"
        )

    def work(self, *, tenant: Tenant, **options: Any) -> None:
        if options["revert"]:
            self._revert(options["revert"])
            return
        if options["file"] is None:
            raise CommandError("Say which FILE, or which RUN to --revert.")
        if options["batch_size"] is not None and options["batch_size"] < 1:
            raise CommandError("--batch-size must be at least 1.")
        table = open_table(options["file"])
        found = _mapping(options["mapping"], table, options["source"])
        source = Source(table=table, mapping=found, is_trusted=options["trusted"])
        self._tell_reading(table, found)
        if options["dry_run"]:
            self._preview(source)
            return
        summary = runs.run(
            source,
            watch_records=self._records,
            watch_groups=self._groups,
            batch_customers=options["batch_size"],
        )
        self._tell(summary)
        path = options["rejects"] or Path(f"{options['file'].name}-rejects.csv")
        if _write_rejects(path, rejects.lines(summary.run, table.header)):
            self.stdout.write(f"Rows that were left out are in {path}.")
            raise CommandError("Some rows were left out.", returncode=SOME_LEFT_OUT)

    def _preview(self, source: Source) -> None:
        shown: dict[str, int] = {}

        def note(judged: Judged) -> None:
            group, verdict, _claims = judged
            shown[verdict.kind] = shown.get(verdict.kind, 0) + 1
            if shown[verdict.kind] <= EXAMPLES:
                lines = ", ".join(str(row.line) for row in group.rows)
                why = f" ({verdict.reason})" if verdict.reason else ""
                self.stdout.write(f"  {verdict.kind}: line {lines}{why}")

        self._tell(
            runs.preview(source, watch_records=self._records, watch_groups=self._groups, note=note)
        )

    def _revert(self, run: UUID) -> None:
        found = revert.run(revert.begin(run).pk, watch=self._reverted)
        self.stdout.write(
            f"Taken back: {found.removed_count} customers, {found.restored_count} completed ones."
        )
        for reason, count in sorted(found.kept_counts.items()):
            self.stdout.write(f"  left as they are ({reason}): {count}")

    def _records(self, records: Iterable[Record]) -> Iterator[Record]:
        return self.progress(records, unit="row")

    def _groups(self, groups: Iterable[Group], total: int) -> Iterator[Group]:
        return self.progress(groups, total=total, unit="customer")

    def _reverted(self, rows: Iterable[Any], total: int) -> Iterator[Any]:
        return self.progress(rows, total=total, unit="customer")

    def _tell_reading(self, table: Table, found: Mapping) -> None:
        self.stdout.write(f"{table.told}; source {found.source}")
        columns = found.columns
        self.stdout.write(
            "Columns: " + ", ".join(f"{field}={columns[field]}" for field in sorted(columns))
        )
        unused = [name for name in table.header if name not in columns.values()]
        if unused:
            self.stdout.write(f"Not used: {', '.join(unused)}")

    def _tell(self, summary: Summary) -> None:
        counts = summary.counts
        lines = [
            "Nothing was written (dry run)."
            if summary.run is None
            else f"Imported. Take it back with --revert {summary.run.pk}",
            f"rows read          {summary.row_count}",
            f"new customers      {counts.created}",
            f"  further rows     {counts.duplicate}",
            f"existing customers {counts.matched + counts.enriched} rows",
            f"  completed        {counts.enriched} rows",
            f"imported before    {counts.same} rows",
            f"conflicts          {counts.conflict} rows",
            f"rejected           {counts.rejected} rows",
        ]
        if summary.resumed_at:
            lines.insert(1, f"Went on after {summary.resumed_at} customers of an earlier run.")
        self.stdout.write("\n".join(lines))


def _mapping(text: str, table: Table, source: str | None) -> Mapping:
    """The mapping an option names. Raises InvalidMapping."""
    named = source or mappings.source_name(table.path.name)
    if not text.endswith(".toml"):
        return mappings.from_pairs(text, source=named, header=table.header)
    try:
        facts = tomllib.loads(Path(text).read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidMapping(f"{text}: {error}.") from error
    found = mappings.from_document(facts, source=named, header=table.header)
    return mappings.with_source(found, source) if source else found


def _write_rejects(path: Path, lines: Iterator[Sequence[str]]) -> bool:
    """Write the rows that were left out, if there are any; a file of an earlier run goes."""
    header = next(lines)
    first = next(lines, None)
    if first is None:
        path.unlink(missing_ok=True)
        return False
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerow(first)
        writer.writerows(lines)
    return True
