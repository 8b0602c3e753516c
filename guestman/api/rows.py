"""What callers get."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from guestman.models import ContactPoint, Customer, CustomerAddress
from shopman.api.output import OutputSerializer


class CustomerRow(OutputSerializer):
    """A customer in a list."""

    masked_fields = frozenset({"document", "email", "phone"})
    customer_field = "uuid"

    uuid = serializers.UUIDField()
    code = serializers.CharField()
    first_name = serializers.CharField(allow_blank=True)
    last_name = serializers.CharField(allow_blank=True)
    customer_type = serializers.ChoiceField(choices=Customer.Type.choices)
    document = serializers.CharField(help_text="Without punctuation, upper case; empty: none.")
    document_kind = serializers.CharField(help_text="cpf, cnpj, vat or other.")
    document_country = serializers.CharField(help_text="ISO 3166-1 alpha-2.")
    email = serializers.CharField(help_text="The primary e-mail address, canonical.")
    phone = serializers.CharField(help_text="The primary phone, E.164.")
    group = serializers.CharField(
        source="group__code", allow_null=True, help_text="Code of the customer group."
    )
    status = serializers.ChoiceField(choices=Customer.Status.choices)
    is_active = serializers.BooleanField()
    source: Any = serializers.CharField(help_text="Where the customer came from.")
    assigned_to = serializers.IntegerField(allow_null=True, help_text="Id of a member of staff.")
    locale = serializers.CharField(help_text="Language tag; empty: the shop's.")
    birth_date = serializers.DateField(allow_null=True)
    organization = serializers.UUIDField(allow_null=True, help_text="Null: the whole shop's.")
    merged_into = serializers.UUIDField(
        allow_null=True, help_text="The customer to ask for instead."
    )
    version = serializers.IntegerField(help_text="Grows with every change; the ETag.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class CustomerDetail(CustomerRow):
    """A customer with everything that is written on the record itself."""

    masked_fields = CustomerRow.masked_fields | {"notes", "metadata"}

    notes = serializers.CharField()
    metadata: Any = serializers.JSONField(help_text="A JSON object of the integrator.")
    created_by = serializers.CharField(help_text="Who made the record.")


class CustomerItemRow(CustomerDetail):
    """A customer as it is asked for by its key, or by that of one that was merged into it."""

    merged_from: Any = serializers.ListField(
        source="aliases",
        child=serializers.UUIDField(),
        help_text="Keys of customers that are this one; asking for them answers with it.",
    )


class ContactPointRow(OutputSerializer):
    """A phone number, e-mail address or account name of a customer."""

    masked_fields = frozenset({"value", "canonical"})

    uuid = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=ContactPoint.Kind.choices)
    value = serializers.CharField(help_text="As given.")
    canonical = serializers.CharField(help_text="E.164, canonical e-mail or bare name.")
    evidence = serializers.ChoiceField(
        choices=ContactPoint.Evidence.choices,
        help_text="V: possession proved. A: asserted. U: not trusted.",
    )
    source: Any = serializers.CharField()
    is_primary = serializers.BooleanField(help_text="The one that is used, of its kind.")
    is_shared = serializers.BooleanField(
        help_text="A family's or an office's: findable, never decisive."
    )
    verification_method = serializers.ChoiceField(
        choices=ContactPoint.Method.choices,
        help_text="How possession was proved; empty: it was not.",
    )
    verified_at = serializers.DateTimeField(allow_null=True)
    released_at = serializers.DateTimeField(allow_null=True, help_text="Kept as history since.")
    created_at = serializers.DateTimeField()


class AddressRow(OutputSerializer):
    """A postal address of a customer."""

    masked_fields = frozenset({"label", "instructions"})

    uuid = serializers.UUIDField()
    label: Any = serializers.CharField()
    purpose = serializers.ChoiceField(
        choices=CustomerAddress.Purpose.choices, help_text="What the address is for."
    )
    street = serializers.CharField()
    number = serializers.CharField()
    complement = serializers.CharField()
    district = serializers.CharField()
    city = serializers.CharField()
    region = serializers.CharField()
    postal_code = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1 alpha-2.")
    place_id = serializers.CharField()
    latitude = serializers.DecimalField(max_digits=9, decimal_places=6, allow_null=True)
    longitude = serializers.DecimalField(max_digits=9, decimal_places=6, allow_null=True)
    instructions = serializers.CharField()
    is_default = serializers.BooleanField(help_text="The one that is used, of its purpose.")
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class IdentityRow(OutputSerializer):
    """A customer's account at a provider."""

    masked_fields = frozenset({"subject", "attributes"})

    uuid = serializers.UUIDField()
    provider = serializers.CharField()
    subject = serializers.CharField()
    issuer = serializers.CharField()
    is_active = serializers.BooleanField()
    attributes: Any = serializers.JSONField(help_text="What the provider said, a JSON object.")
    created_at = serializers.DateTimeField()
    unlinked_at = serializers.DateTimeField(allow_null=True)


class CustomerGroupRow(OutputSerializer):
    """A group of customers who share a price list."""

    uuid = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()
    price_list_code = serializers.CharField(help_text="Empty: the ordinary prices.")
    priority = serializers.IntegerField(help_text="Larger comes first.")
    is_default = serializers.BooleanField(help_text="New customers join it.")
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class AuditRow(OutputSerializer):
    """One change of a customer: who, what, when, why and from where."""

    masked_fields = frozenset({"before", "after", "reason"})

    uuid = serializers.UUIDField()
    action = serializers.CharField(help_text="What was done, such as customer.update.")
    actor_kind = serializers.CharField(help_text="user, customer, client, command, task or system.")
    actor_id = serializers.CharField(help_text="Key of who it was, of that kind.")
    actor_label = serializers.CharField(help_text="Who it was, for people.")
    request_id = serializers.CharField(help_text="The request in which it happened, as in the log.")
    before: Any = serializers.JSONField(help_text="Changed fields only.")
    after: Any = serializers.JSONField(help_text="Changed fields only.")
    reason = serializers.CharField()
    at = serializers.DateTimeField()


class PriceListEntitlement(OutputSerializer):
    """Which price list a customer is entitled to, and why."""

    price_list_code = serializers.CharField(allow_null=True, help_text="Null: the ordinary prices.")
    reason = serializers.CharField(help_text="Why this one: a sentence for people.")
