"""The value of an argument nobody gave, where None or empty text means something.

def update(*, name: str | NotGiven = UNSET, birth_date: date | NotGiven | None = UNSET): ...
"""

from __future__ import annotations

from enum import Enum
from typing import Final, Literal


class Unset(Enum):
    """Its one member is ``UNSET``; an enumeration, so that the type checker narrows ``is``."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET
NotGiven = Literal[Unset.UNSET]
