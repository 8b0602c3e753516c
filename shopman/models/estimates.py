"""How many rows a query is about to find, without counting them."""

from __future__ import annotations

import json
from typing import Any

from django.db import connections
from django.db.models import QuerySet


def estimated_count(rows: QuerySet[Any]) -> int | None:
    """What the planner of PostgreSQL expects, from its statistics; None on another engine.

    Costs planning, however many rows there are.
    """
    if connections[rows.db].vendor != "postgresql":
        return None
    plan = json.loads(rows.order_by().explain(format="json"))
    return int(plan[0]["Plan"]["Plan Rows"])
