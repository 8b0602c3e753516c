"""What is asked about merges in the API's description. The tests send each of these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shopman.api.examples import Example, Ref, refs

EXAMPLES: Final[Mapping[str, Example]] = {
    "previewMerge": Example(
        body={"survivor_uuid": Ref(name="survivor"), "duplicate_uuid": Ref(name="duplicate")}
    ),
    "mergeCustomers": Example(
        body={"digest": Ref(name="merge_digest"), "reason": "Called: she has two e-mail addresses."}
    ),
    "listMerges": Example(query={"standing": "true"}),
    "getMerge": Example(path=refs(merge="merge")),
    "takeMergeBack": Example(path=refs(merge="merge"), body={"reason": "It was her daughter."}),
}
