"""A file with its mapping, and how its records are read in the tenant in use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from guestman.conf import conf as guestman_conf
from guestman.contrib.identifiers import bulk as identity
from guestman.contrib.identifiers.rules import junk
from guestman.contrib.imports.rules.columns import plain
from guestman.contrib.imports.rules.judgement import Rules
from guestman.contrib.imports.rules.mapping import Mapping
from guestman.contrib.imports.rules.rows import Reading, RowRules
from guestman.contrib.imports.rules.table import Table
from guestman.models import CustomerGroup
from shopman import clock, tenancy


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file, how it is mapped, and whether the shop vouches for it."""

    table: Table
    mapping: Mapping
    is_trusted: bool = False

    @property
    def rules(self) -> Rules:
        return Rules(
            policy=identity.policy(),
            evidence="A" if self.is_trusted else "U",
            source_type=f"import:{self.mapping.source}",
            max_per_family=identity.max_per_family(),
        )

    def row_rules(self) -> RowRules:
        """How the file's records are read in the tenant in use. Raises InvalidMapping."""
        tenant = tenancy.current()
        groups = CustomerGroup.objects.values_list("code", "name")
        return RowRules(
            Reading(
                places=self.mapping.places(self.table.header),
                width=len(self.table.header),
                dates=self.mapping.dates,
                region=self.mapping.region or tenant.default_region,
                today=clock.now().astimezone(tenant.zone).date(),
                groups={plain(name): code for code, title in groups for name in (title, code)},
                locales=guestman_conf.LOCALES,
                notes_limit=guestman_conf.NOTES_MAX_LENGTH,
                standing=partial(junk.standing, own=identity.own_junk()),
            )
        )
