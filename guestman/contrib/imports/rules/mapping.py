"""Which column of a file is which field, and how its cells are read.

source = "old-shop"              # the system it comes from; with the row's key, its identity
dates = "dmy"                    # of 03/04/1990; or "mdy". ISO 8601 is always understood
region = "BR"                    # how national numbers and documents are read; absent: the shop's

[columns]                        # field = header of its column
name = "Nome completo"
phone = "Celular"
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal

from guestman.contrib.imports.errors import InvalidMapping
from guestman.contrib.imports.rules.columns import FIELDS, IDENTIFYING, guess
from shopman import canonical

__all__ = [
    "Mapping",
    "from_document",
    "from_pairs",
    "guess",
    "source_name",
    "with_source",
]

_SOURCE: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """A mapping, checked. See the module for what each key means."""

    source: str
    columns: Dict[str, str]
    dates: Literal["dmy", "mdy"] = "dmy"
    region: str = ""

    def __post_init__(self) -> None:
        for wrong in _complaints(self):
            raise InvalidMapping(wrong)

    @property
    def digest(self) -> str:
        """SHA-256 of everything it says: an import goes on only under the mapping it began with."""
        return canonical.digest(asdict(self))

    def places(self, header: Sequence[str]) -> dict[str, int]:
        """Field to its column, counted from 0. Raises InvalidMapping for a header that lacks it."""
        missing = [name for name in self.columns.values() if name not in header]
        if missing:
            raise InvalidMapping(f"The file has no column {missing[0]!r}.")
        return {field: header.index(name) for field, name in self.columns.items()}


def from_document(facts: Dict[str, Any], *, source: str, header: Sequence[str]) -> Mapping:
    """The mapping a TOML document describes; ``source`` counts where it names none.

    Without columns they are guessed from the header. Raises InvalidMapping.
    """
    given = {"source": source, "columns": guess(header), **facts}
    try:
        return Mapping(**given)
    except TypeError as error:
        raise InvalidMapping(str(error).replace("Mapping.__init__() ", "")) from error


def from_pairs(text: str, *, source: str, header: Sequence[str]) -> Mapping:
    """``guess``, or ``name=Nome,phone=Celular``. Raises InvalidMapping."""
    if text.strip() in ("", "guess"):
        return Mapping(source=source, columns=guess(header))
    pairs = [pair.partition("=") for pair in text.split(",")]
    if not all(sign and column.strip() for _field, sign, column in pairs):
        raise InvalidMapping("A mapping is like name=Nome,phone=Celular.")
    columns = {field.strip(): column.strip() for field, _sign, column in pairs}
    if len(columns) < len(pairs):
        raise InvalidMapping("A field can have one column.")
    return Mapping(source=source, columns=columns)


def with_source(mapping: Mapping, source: str) -> Mapping:
    """The same mapping for another system."""
    return replace(mapping, source=source)


def source_name(text: str) -> str:
    """A name for a system from that of a file: ``Clientes 2024.csv`` gives clientes-2024."""
    words = re.findall(r"[a-z0-9]+", text.lower().rpartition(".")[0] or text.lower())
    return "-".join(words)[:40].strip("-") or "file"


def _complaints(found: Mapping) -> Any:
    if not _SOURCE.fullmatch(str(found.source)):
        yield "source must be 1 to 40 of a-z, 0-9, dot, dash and underscore."
    if found.dates not in ("dmy", "mdy"):
        yield 'dates is "dmy" or "mdy".'
    if found.region and not re.fullmatch(r"[A-Z]{2}", str(found.region)):
        yield "region must be two capital letters (ISO 3166-1)."
    columns = found.columns
    if not isinstance(columns, dict) or not all(isinstance(v, str) for v in columns.values()):
        yield "columns must name one column for each field."
        return
    unknown = [name for name in columns if name not in FIELDS]
    if unknown:
        yield f"{unknown[0]} is not a field; fields are {', '.join(FIELDS)}."
    if len(set(columns.values())) < len(columns):
        yield "A column can be one field."
    if not any(name in columns for name in IDENTIFYING):
        yield f"Name a column of {', '.join(IDENTIFYING[:-1])} or {IDENTIFYING[-1]}."
