"""What is asked about duplicates in the API's description. The tests send each of these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shopman.api.examples import Example, refs

EXAMPLES: Final[Mapping[str, Example]] = {
    "listDuplicates": Example(query={"band": "possible"}),
    "getDuplicate": Example(path=refs(pair="pair")),
    "markDifferentPeople": Example(path=refs(pair="pair"), body={"reason": "Mother and daughter."}),
    "reopenDuplicate": Example(path=refs(pair="pair"), body={"reason": "One person after all."}),
}
