"""The base of commands that work for a tenant."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, TypeVar

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from shopman import actor, tenancy
from shopman.conf import conf
from shopman.errors import Failure
from shopman.keys import uuid7
from shopman.models import Tenant

T = TypeVar("T")


class TenantCommand(BaseCommand):
    """A command that runs inside a tenant, with the command as the actor.

        class Command(TenantCommand):
            help = "..."
            allows_all_tenants = True

            def add_options(self, parser: CommandParser) -> None: ...

            def work(self, *, tenant: Tenant, **options: Any) -> None:
                for row in self.progress(rows, total=count, unit="customer"):
                    ...

    ``--tenant SLUG`` chooses it, without it ``SHOPMAN["DEFAULT_TENANT"]``. A ``Failure`` ends the
    command with its sentence and exit code 1.
    """

    #: Adds ``--all-tenants``: ``work`` runs once for each active tenant.
    allows_all_tenants: ClassVar[bool] = False

    def add_arguments(self, parser: CommandParser) -> None:
        group = parser.add_mutually_exclusive_group()
        group.add_argument("--tenant", metavar="SLUG", help="the tenant to work for")
        if self.allows_all_tenants:
            group.add_argument(
                "--all-tenants", action="store_true", help="each active tenant in turn"
            )
        parser.add_argument("--no-progress", action="store_true", help="draw no progress bar")
        self.add_options(parser)

    def add_options(self, parser: CommandParser) -> None:
        """For subclasses: more arguments."""

    def work(self, *, tenant: Tenant, **options: Any) -> None:
        """For subclasses: what the command does for one tenant."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        self.shows_progress = not options.pop("no_progress") and sys.stderr.isatty()
        slug, everyone = options.pop("tenant"), options.pop("all_tenants", False)
        who = actor.Actor(kind="command", label=type(self).__module__.rpartition(".")[2])
        with actor.use(who, request_id=str(uuid7())):
            for tenant in self.tenants(slug, everyone=everyone):
                try:
                    with tenancy.use(tenant):
                        self.work(tenant=tenant, **options)
                except Failure as failure:
                    raise CommandError(sentence_of(failure)) from failure

    def tenants(self, slug: str | None, *, everyone: bool) -> list[Tenant]:
        """The tenants to work for. Raises CommandError."""
        if everyone:
            return list(Tenant.objects.filter(is_active=True).order_by("slug"))
        wanted = slug or conf.DEFAULT_TENANT
        if not wanted:
            raise CommandError("Say for which tenant: --tenant SLUG (there is no default tenant).")
        try:
            return [tenancy.by_slug(wanted)]
        except tenancy.UnknownTenant as unknown:
            known = ", ".join(Tenant.objects.order_by("slug").values_list("slug", flat=True)[:20])
            raise CommandError(f"{unknown.detail} Known: {known or 'none'}.") from unknown

    def progress(
        self, items: Iterable[T], *, total: int | None = None, unit: str = "row"
    ) -> Iterator[T]:
        """The same items, with a progress bar when somebody watches a terminal."""
        return iter(tqdm(items, total=total, unit=unit, disable=not self.shows_progress))


def sentence_of(failure: Failure) -> str:
    """A failure and its field errors for a terminal."""
    fields = "".join(f"\n  {each.field}: {each.message}" for each in failure.errors)
    return f"{failure.detail}{fields}"
