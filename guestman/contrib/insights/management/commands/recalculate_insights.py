"""``manage.py recalculate_insights``: the numbers of one customer or of all."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from guestman.contrib.insights import tasks
from guestman.contrib.insights.models import InsightRun
from guestman.contrib.insights.rules.parameters import POLICIES
from guestman.contrib.insights.service import InsightService, owners, runs, shards
from guestman.contrib.insights.service.moments import moment
from shopman.management.base import TenantCommand
from shopman.models import Tenant


class Command(TenantCommand):
    help = "Recalculate segments, churn risk and value of customers from their orders."
    allows_all_tenants = True

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--customer", metavar="CODE", help="only this customer")
        parser.add_argument(
            "--stale-only",
            action="store_true",
            help="only customers whose orders changed or who were never calculated",
        )
        parser.add_argument(
            "--as-of",
            metavar="WHEN",
            help="count orders before this date (00:00 there) or time with offset; default now",
        )
        parser.add_argument("--policy", choices=POLICIES, help="default: the one in settings")
        parser.add_argument(
            "--batch-size", type=int, default=5000, help="customers per transaction (5000)"
        )
        parser.add_argument(
            "--async", dest="by_workers", action="store_true", help="leave the work to the workers"
        )
        parser.add_argument(
            "--resume",
            action="store_true",
            help="go on with an interrupted run; start one when there is none",
        )

    def work(self, *, tenant: Tenant, **options: Any) -> None:
        if options["batch_size"] < 1:
            raise CommandError("--batch-size must be at least 1.")
        if options["customer"]:
            self._one(options)
        elif options["by_workers"]:
            self._by_workers(options)
        else:
            self._here(options)

    def _one(self, options: dict[str, Any]) -> None:
        refused = [name for name in ("stale_only", "by_workers", "resume") if options[name]]
        if refused or options["policy"]:
            raise CommandError("--customer goes with --as-of only.")
        code = options["customer"]
        as_of = moment(options["as_of"]) if options["as_of"] else None
        InsightService.recalculate(code, as_of=as_of)
        told = InsightService.explain(code)
        self.stdout.write(f"{code}: {told['segment']}. {told['text']}")

    def _by_workers(self, options: dict[str, Any]) -> None:
        if options["resume"]:
            raise CommandError("Workers go on with an interrupted run by themselves.")
        run = tasks.dispatch(
            as_of=options["as_of"],
            policy=options["policy"],
            kind=_kind(options),
            batch_size=options["batch_size"],
        )
        self.stdout.write(f"Run {run.pk}: {run.customer_count} customers, left to the workers.")

    def _here(self, options: dict[str, Any]) -> None:
        run = runs.resumable() if options["resume"] else None
        if run is None:
            run = runs.start(
                as_of=moment(options["as_of"]),
                policy_name=options["policy"],
                kind=_kind(options),
                batch_size=options["batch_size"],
                owner=owners.me(),
            )
        self._advance(run)
        run = runs.reread(run)
        counts, segments = run.counts, run.counts["segments"]
        self.stdout.write(
            f"{counts['customers']} customers as of {run.as_of.isoformat()} by {run.policy}: "
            f"{counts['written']} with new numbers, {counts['segment_changes']} in another segment."
        )
        for name, count in sorted(segments.items(), key=lambda item: (-item[1], item[0])):
            self.stdout.write(f"  {name:<20} {count:>9}")
        if counts["future_orders"]:
            self.stdout.write(f"Left out: {counts['future_orders']} orders at or after that time.")

    def _advance(self, run: InsightRun) -> None:
        phases = 2 if run.phase == InsightRun.Phase.MEASURE else 1
        bar: tqdm[Any] = tqdm(
            total=run.customer_count * phases, unit="customer", disable=not self.shows_progress
        )
        with bar:
            for done in shards.advance(run):
                bar.update(done)


def _kind(options: dict[str, Any]) -> InsightRun.Kind:
    return InsightRun.Kind.STALE if options["stale_only"] else InsightRun.Kind.FULL
