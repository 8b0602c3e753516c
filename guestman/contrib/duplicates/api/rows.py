"""What callers get."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from guestman.contrib.duplicates.models import DuplicatePair
from guestman.contrib.duplicates.models.pair import State
from guestman.contrib.duplicates.services import words
from shopman.api.output import OutputSerializer, Row


class PairRow(OutputSerializer):
    """Two customers that may be one person. No contact of either is in here."""

    masked_fields = frozenset({"reason"})

    uuid = serializers.UUIDField()
    customer_uuid = serializers.UUIDField(source="low_id", help_text="The smaller key of the two.")
    customer_code = serializers.CharField(source="low__code")
    other_uuid = serializers.UUIDField(source="high_id", help_text="The larger key of the two.")
    other_code = serializers.CharField(source="high__code", help_text="Code of the other one.")
    score = serializers.FloatField(help_text="Log2 of the odds that they are one person.")
    band = serializers.ChoiceField(choices=DuplicatePair.Band.choices)
    evidence = serializers.ListField(
        child=serializers.DictField(),
        help_text="Feature, level of agreement and weight; weights and the prior of −13 add up.",
    )
    reasons = serializers.ListField(
        child=serializers.CharField(),
        source="suspicions",
        help_text="The evidence in the caller's language, the strongest first.",
    )
    scorer_version = serializers.IntegerField(help_text="Of the rules that made the score.")
    evidence_digest = serializers.CharField(
        help_text="Changes when they come to have more or less in common."
    )
    source: Any = serializers.ChoiceField(choices=DuplicatePair.Source.choices)
    worth_amount = serializers.IntegerField(
        help_text="What both are worth, in minor units of the shop's currency."
    )
    rank = serializers.FloatField(help_text="Score by worth: the queue's order.")
    state = serializers.ChoiceField(choices=State.choices)
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.CharField(help_text="As the audit trail names an actor.")
    reason = serializers.CharField(help_text="What was said when it was decided.")
    found_at = serializers.DateTimeField()
    compared_at = serializers.DateTimeField()

    @classmethod
    def shown(cls, rows: list[Row]) -> list[Row]:
        for row in rows:
            if "reasons" in row:
                row["reasons"] = words.sentences(row.get("evidence", ()), row["reasons"])
        return super().shown(rows)
