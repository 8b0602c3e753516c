"""The value of an argument nobody gave, where empty means something."""

from __future__ import annotations

from enum import Enum
from typing import Final, Literal


class Unset(Enum):
    UNSET = "unset"


UNSET: Final = Unset.UNSET
NotGiven = Literal[Unset.UNSET]
