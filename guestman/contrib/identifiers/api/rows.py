"""What callers get."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from guestman.api.rows import CustomerRow
from shopman.api.output import OutputSerializer


class IdentifierRow(OutputSerializer):
    """Something a customer is found by."""

    masked_fields = frozenset({"value"})
    customer_field = "customer_uuid"

    uuid = serializers.UUIDField()
    customer_uuid = serializers.UUIDField(source="customer_id")
    kind = serializers.CharField(help_text="phone, email, document, a provider, loyalty_card ...")
    value = serializers.CharField(help_text="In its normal form.")
    strength = serializers.ChoiceField(
        choices=["strong", "verified", "asserted", "weak"],
        help_text="strong: names one account by construction; verified: possession was proved.",
    )
    is_shared = serializers.BooleanField(help_text="Of a family or an office: decides nothing.")
    blocked = serializers.BooleanField(
        help_text="By order of staff it decides nothing, unless it is proved."
    )
    is_pending = serializers.BooleanField(help_text="Only claimed: decides nothing.")
    source: Any = serializers.CharField(help_text="Where it came from.")
    first_seen_at = serializers.DateTimeField(help_text="When it was first seen (UTC).")
    last_seen_at = serializers.DateTimeField(help_text="When it was last proved or claimed (UTC).")


class RecordRow(OutputSerializer):
    """A record of another app or system that was linked to the customer."""

    uuid = serializers.UUIDField(help_text="Key of the link.")
    source_type = serializers.CharField(help_text="What kind of record, such as order.")
    source_id = serializers.CharField(help_text="Its key there.")
    method = serializers.CharField(help_text="What matched; new: the customer was made for it.")
    evidence = serializers.ChoiceField(
        choices=["V", "A", "U"], help_text="V: proved. A: asserted. U: only typed, for staff only."
    )
    confidence = serializers.FloatField(help_text="0 to 1.")
    linked_at = serializers.DateTimeField(help_text="When it was linked (UTC).")


class SourceRow(OutputSerializer):
    """Linked records of one kind."""

    source_type = serializers.CharField(help_text="What kind of record, such as order.")
    count = serializers.IntegerField(help_text="How many there are.")
    latest_at = serializers.DateTimeField(help_text="When the latest was linked (UTC).")


class RecentOrder(OutputSerializer):
    """One of the latest orders."""

    uuid = serializers.UUIDField()
    ref = serializers.CharField(help_text="Short name of the order.")
    kind = serializers.CharField(help_text="sale or return.")
    status = serializers.CharField(help_text="Where the order is.")
    channel = serializers.CharField(help_text="Code of the channel.")
    currency = serializers.CharField()
    total_amount = serializers.IntegerField(help_text="Minor units of the currency.")
    placed_at = serializers.DateTimeField()


class RecentChange(OutputSerializer):
    """One entry at the head of the customer's timeline."""

    action = serializers.CharField(help_text="What was done, such as customer.update.")
    actor_label = serializers.CharField(help_text="Who it was, for people.")
    at = serializers.DateTimeField()


class ContactOverview(CustomerRow):
    """A customer with everything that hangs on the record."""

    merged_from = serializers.ListField(
        child=serializers.UUIDField(), help_text="Keys that answer as this customer."
    )
    identifiers: Any = IdentifierRow(many=True, help_text="The first 50.")
    records = SourceRow(many=True, help_text="Linked records, counted by kind.")
    orders = RecentOrder(many=True, help_text="The latest ten.")
    timeline = RecentChange(many=True, help_text="The latest ten changes.")
    sections: Any = serializers.DictField(help_text="What other rooms know, such as insight.")
    total_interactions = serializers.IntegerField(help_text="Orders and linked records.")
    first_contact = serializers.DateTimeField(help_text="The earliest moment on record (UTC).")
    last_activity = serializers.DateTimeField(help_text="The latest moment on record (UTC).")


class ContactMatch(OutputSerializer):
    """An active customer with something of what was asked for."""

    uuid = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()
    email = serializers.CharField(help_text="The primary e-mail address, canonical.")
    phone = serializers.CharField(help_text="The primary phone, E.164.")
    matched_by = serializers.ListField(
        child=serializers.CharField(), help_text="What of it: phone, email, document."
    )


class ContactMatches(OutputSerializer):
    """Who has a number, an address or a document."""

    matches = ContactMatch(many=True, help_text="Who has the most of it first; 20 at most.")
