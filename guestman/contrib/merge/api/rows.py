"""What callers get."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Count
from rest_framework import serializers

from guestman.contrib.merge.models import Merge, MergeMove, MergeReturn
from guestman.contrib.merge.service import MergePreview
from shopman.api.output import OutputSerializer


class FieldWinner(OutputSerializer):
    """Whose value of a field stays."""

    name = serializers.CharField(help_text="name, document, birth_date, group ...")
    winner = serializers.ChoiceField(
        choices=["survivor", "duplicate", "both"], help_text="Whose value stays."
    )
    reason = serializers.CharField(help_text="same, empty, only, staff, signed_in, trusted ...")


class RowCounts(OutputSerializer):
    """What becomes of the rows of one model."""

    model = serializers.CharField(help_text="guestman.contactpoint ...")
    moved = serializers.IntegerField(help_text="Rows that go over.")
    parked = serializers.IntegerField(help_text="Rows set aside: the survivor has the like.")
    changed = serializers.IntegerField(help_text="Rows of the survivor that change.")


class PreviewRow(OutputSerializer):
    """What a merge would do. No value of a person is in here."""

    survivor_uuid = serializers.UUIDField(help_text="Who stays.")
    duplicate_uuid = serializers.UUIDField(help_text="Who becomes an alias.")
    digest = serializers.CharField(help_text="What to send to merge exactly like this.")
    winners = FieldWinner(many=True, help_text="Whose value of each field stays.")
    rows_by_model = RowCounts(many=True, help_text="What becomes of the rows.")


class Outcome(OutputSerializer):
    """Rows that did not simply go back when a merge was taken back."""

    outcome = serializers.ChoiceField(
        choices=MergeReturn.Outcome.choices, help_text="What became of them."
    )
    model = serializers.CharField(help_text="guestman.contactpoint ...")
    count = serializers.IntegerField(help_text="How many rows.")


class MergeRow(OutputSerializer):
    """One merge, and what came of it if it was taken back."""

    masked_fields = frozenset({"reason", "undone_reason"})
    customer_field = "survivor_uuid"

    uuid = serializers.UUIDField(help_text="The merge.")
    survivor_uuid = serializers.UUIDField(source="survivor_id", help_text="Who stayed.")
    survivor_code = serializers.CharField(source="survivor__code", help_text="Code of who stayed.")
    duplicate_uuid = serializers.UUIDField(source="duplicate_id", help_text="Who became an alias.")
    duplicate_code = serializers.CharField(source="duplicate__code", help_text="Code of the alias.")
    at = serializers.DateTimeField(help_text="When it was made.")
    actor = serializers.CharField(help_text="As the audit trail names an actor.")
    reason = serializers.CharField(help_text="Why, in plain words.")
    undone_at = serializers.DateTimeField(
        source="undo__at", allow_null=True, help_text="When it was taken back."
    )
    undone_by = serializers.CharField(
        source="undo__actor", allow_null=True, help_text="Who took it back."
    )
    undone_reason = serializers.CharField(
        source="undo__reason", allow_null=True, help_text="Why it was taken back."
    )


class MergeDetail(MergeRow):
    """The same with the rows it moved, and those that did not simply go back."""

    rows_by_model = RowCounts(many=True, help_text="What becomes of the rows.")
    returns = Outcome(many=True, help_text="Empty unless it was taken back.")


def preview_row(found: MergePreview) -> dict[str, Any]:
    """A preview as callers get it."""
    kind = MergeMove.Kind
    return {
        "survivor_uuid": found.survivor.pk,
        "duplicate_uuid": found.duplicate.pk,
        "digest": found.digest,
        "winners": [
            {"name": each.name, "winner": each.choice.winner, "reason": each.choice.reason}
            for each in found.fields
        ],
        "rows_by_model": [
            {
                "model": plan.belonging.label,
                "moved": len(plan.of(kind.MOVED)),
                "parked": len(plan.of(kind.PARKED)),
                "changed": len(plan.of(kind.CHANGED)),
            }
            for plan in found.plans
        ],
    }


def rows_of(merge: Merge) -> Iterator[dict[str, Any]]:
    """How many rows of each model the merge moved, parked and changed."""
    counts: dict[str, dict[str, int]] = {}
    kinds = merge.moves.values_list("model", "kind").annotate(count=Count("pk"))
    for model, kind, count in kinds.order_by("model", "kind"):
        counts.setdefault(model, dict.fromkeys(MergeMove.Kind.values, 0))[kind] = count
    for model, by_kind in counts.items():
        yield {"model": model, **by_kind}


def returns_of(merge: Merge) -> list[dict[str, Any]]:
    """What did not simply go back, by outcome and model."""
    listed = MergeReturn.objects.filter(undo__merge=merge).exclude(
        outcome=MergeReturn.Outcome.VERSION
    )
    counts = listed.values("outcome", "model").annotate(count=Count("pk"))
    return list(counts.order_by("outcome", "model"))
