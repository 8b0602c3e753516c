"""What is asked about insights in the API's description. The tests send each of these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shopman.api.examples import Example, refs

EXAMPLES: Final[Mapping[str, Example]] = {
    "getCustomerInsight": Example(path=refs(uuid="customer")),
    "listInsights": Example(query={"net_total_min": "1"}),
    "listInsightRuns": Example(query={"status": "completed"}),
}
