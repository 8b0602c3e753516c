"""Which rows of a file are one person: those that share an identifier and whose names agree.

The whole file is looked at before anything is written, so neither the order of its rows nor the
size of the pieces in which they are written changes what comes out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from guestman.contrib.imports.rules.rows import Contact, Row
from guestman.rules.names import contradicts, name_words
from guestman.rules.sameness import objections

#: Rows that may be one person; more are a mistake in the file (rule of identity).
ROW_LIMIT = 10
#: Spellings of a name beside one identifier beyond which nobody looks at them one by one.
SPELLINGS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One identifier in one row. ``line`` is the row, ``name`` whom the row is about."""

    line: int
    name: str


@dataclass(slots=True)
class Groups:
    """Rows that belong together, found identifier by identifier (a union-find).

    Rows nobody named stand alone and are not kept here.
    """

    max_holders: int
    _parent: dict[int, int] = field(default_factory=dict)
    #: Identifiers that too many people share: they tell nobody apart.
    shared: set[str] = field(default_factory=set)
    #: Rows that share an identifier without being one person, earlier row first.
    neighbours: set[tuple[int, int, str]] = field(default_factory=set)

    def note(self, key: str, mentions: Sequence[Mention], *, is_exclusive: bool = False) -> None:
        """All rows that mention an identifier.

        An exclusive one names one account, whatever the names beside it.
        """
        if is_exclusive:
            first = mentions[0].line
            for each in mentions[1:]:
                self._unite(first, each.line)
            return
        by_name = _by_name(mentions)
        names = sorted(by_name)
        if len(names) > SPELLINGS or _people(names) > self.max_holders:
            self.shared.add(key)
            return
        for lines in by_name.values():
            for line in lines[1:]:
                self._unite(lines[0], line)
        for one, other in combinations(names, 2):
            pair = sorted((by_name[one][0], by_name[other][0]))
            if contradicts(one, other):
                self.neighbours.add((pair[0], pair[1], key.partition("\n")[0]))
            else:
                self._unite(*pair)

    def note_alike(self, family: str, lines: Sequence[int]) -> None:
        """Rows with several spellings of one handset or mailbox: a hint, and only for staff."""
        if len(lines) <= ROW_LIMIT:
            self.neighbours.update((*pair, family) for pair in combinations(sorted(lines), 2))

    def root(self, line: int) -> int:
        """The first row of the group this one is in."""
        parent = self._parent.get(line, line)
        while parent != line:
            above = self._parent.get(parent, parent)
            self._parent[line] = above
            line, parent = parent, above
        return line

    def members(self) -> dict[int, list[int]]:
        """First row to all rows, of groups of two and more."""
        found: dict[int, list[int]] = {}
        for line in sorted(self._parent):
            found.setdefault(self.root(line), []).append(line)
        return found

    def _unite(self, one: int, other: int) -> None:
        low, high = sorted((self.root(one), self.root(other)))
        self._parent[low] = self._parent.get(low, low)
        self._parent[high] = low


def objection(rows: Sequence[Row], *, max_per_family: int) -> str:
    """Why the rows of a group must not become one customer, or an empty text."""
    if len(rows) > ROW_LIMIT:
        return "too_many_rows"
    for one, other in combinations(rows, 2):
        if reasons := objections(one.traits, other.traits):
            return reasons[0]
    families = Counter(each.family for each in contacts_of(rows))
    return "too_many_contacts" if max(families.values(), default=0) > max_per_family else ""


def contacts_of(rows: Sequence[Row]) -> Sequence[Contact]:
    """Every contact of a group once, in the order of the file."""
    if len(rows) == 1:
        return rows[0].contacts
    found: dict[tuple[str, str], Contact] = {}
    for row in rows:
        for each in row.contacts:
            found.setdefault((each.family, each.key), each)
    return list(found.values())


def fullest_name(rows: Sequence[Row]) -> tuple[str, str]:
    """First and last name of the row that says most; the order of the rows does not matter."""
    if len(rows) == 1:
        return rows[0].first_name, rows[0].last_name
    return max(
        ((each.first_name, each.last_name) for each in rows),
        key=lambda name: (len(name_words(" ".join(name))), len(" ".join(name)), name),
    )


def _by_name(mentions: Iterable[Mention]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for each in mentions:
        found.setdefault(" ".join(sorted(name_words(each.name))), []).append(each.line)
    return found


def _people(names: Sequence[str]) -> int:
    """How many people these names must be at least: groups that contradict one another."""
    groups: list[list[str]] = []
    for name in names:
        fitting = [each for each in groups if not all(contradicts(name, other) for other in each)]
        rest = [each for each in groups if each not in fitting]
        groups = [*rest, [name, *(other for each in fitting for other in each)]]
    return len(groups)
