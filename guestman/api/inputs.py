"""What callers send. A field that is not named here is refused."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework import serializers

from guestman.models import ContactPoint, Customer, CustomerAddress
from shopman.api.input import InputSerializer
from shopman.models import Organization

#: ``inactive`` is for deactivate alone.
WRITABLE_STATUSES = [choice for choice in Customer.Status.choices if choice[0] != "inactive"]


class CustomerChanges(InputSerializer):
    """Fields of a customer to change. Phone and e-mail change through the contact points."""

    first_name = serializers.CharField(max_length=150, allow_blank=True, required=False)
    last_name = serializers.CharField(max_length=150, allow_blank=True, required=False)
    customer_type = serializers.ChoiceField(choices=Customer.Type.choices, required=False)
    document = serializers.CharField(
        max_length=64, allow_blank=True, allow_null=True, required=False
    )
    document_kind = serializers.CharField(max_length=16, required=False)
    document_country = serializers.CharField(max_length=2, required=False)
    group = serializers.CharField(
        source="group_code", max_length=64, allow_null=True, required=False
    )
    status = serializers.ChoiceField(
        choices=WRITABLE_STATUSES,
        required=False,
        help_text="To make a customer inactive, deactivate.",
    )
    source: Any = serializers.CharField(max_length=64, allow_blank=True, required=False)
    assigned_to = serializers.IntegerField(
        allow_null=True, required=False, help_text="Id of a member of staff; null: nobody."
    )
    locale = serializers.CharField(max_length=16, allow_blank=True, required=False)
    birth_date = serializers.DateField(allow_null=True, required=False)
    notes = serializers.CharField(allow_blank=True, required=False)
    metadata: Any = serializers.DictField(required=False, help_text="Replaces the whole object.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        for name in ("document_kind", "document_country"):
            if name in attrs and not attrs.get("document"):
                message = _("Send the document as well.")
                raise serializers.ValidationError({name: message}, code="document_missing")
        return attrs


class NewCustomer(CustomerChanges):
    """A customer to make. Without a code one is given."""

    code = serializers.CharField(max_length=64, required=False)
    phone = serializers.CharField(max_length=64, allow_null=True, required=False)
    email = serializers.CharField(max_length=254, allow_null=True, required=False)
    organization = serializers.UUIDField(
        allow_null=True,
        required=False,
        help_text="Null: the whole shop's. Not sent: yours, when you work for one only.",
    )

    def validate_organization(self, key: UUID | None) -> Organization | None:
        return None if key is None else self.context["view"].organization(key)


class Reason(InputSerializer):
    """Why something is done; kept in the audit trail."""

    reason = serializers.CharField(max_length=500)


class NoInput(InputSerializer):
    """Nothing."""


class NewContactPoint(InputSerializer):
    """A phone number, e-mail address or account name to add."""

    kind = serializers.ChoiceField(choices=ContactPoint.Kind.choices)
    value = serializers.CharField(max_length=320, help_text="In any spelling people use.")
    is_shared = serializers.BooleanField(
        default=False, help_text="A family's or an office's: findable, never decisive."
    )


class ManualVerification(InputSerializer):
    """A member of staff vouches for a contact."""

    reference = serializers.CharField(
        max_length=200, help_text="How it was checked: a document seen, a call made."
    )


class NewPhone(InputSerializer):
    """The number that takes the place of the present one."""

    phone = serializers.CharField(max_length=64)
    reference = serializers.CharField(
        max_length=200, help_text="How it was checked: a document seen, a call made."
    )


class AddressChanges(InputSerializer):
    """Fields of an address to change. Its purpose stays."""

    label: Any = serializers.CharField(max_length=64, allow_blank=True, required=False)
    street = serializers.CharField(max_length=200, required=False)
    number = serializers.CharField(max_length=32, allow_blank=True, required=False)
    complement = serializers.CharField(max_length=200, allow_blank=True, required=False)
    district = serializers.CharField(max_length=100, allow_blank=True, required=False)
    city = serializers.CharField(max_length=100, required=False)
    region = serializers.CharField(max_length=100, allow_blank=True, required=False)
    postal_code = serializers.CharField(max_length=16, allow_blank=True, required=False)
    country = serializers.CharField(max_length=2, required=False, help_text="ISO 3166-1 alpha-2.")
    place_id = serializers.CharField(max_length=300, allow_blank=True, required=False)
    latitude = serializers.DecimalField(
        max_digits=9, decimal_places=6, allow_null=True, required=False
    )
    longitude = serializers.DecimalField(
        max_digits=9, decimal_places=6, allow_null=True, required=False
    )
    instructions = serializers.CharField(max_length=2000, allow_blank=True, required=False)


class NewAddress(AddressChanges):
    """An address to add."""

    purpose = serializers.ChoiceField(
        choices=CustomerAddress.Purpose.choices,
        required=False,
        help_text="What the address is for.",
    )
    street = serializers.CharField(max_length=200)
    city = serializers.CharField(max_length=100)


class NewIdentity(InputSerializer):
    """A provider's account to link."""

    provider = serializers.CharField(max_length=32)
    subject = serializers.CharField(max_length=255)
    issuer = serializers.CharField(max_length=255, allow_blank=True, required=False)
    attributes: Any = serializers.DictField(
        required=False, help_text="What the provider said, a JSON object."
    )


class CustomerGroupChanges(InputSerializer):
    """Fields of a group to change. The code stays."""

    name = serializers.CharField(max_length=200, required=False)
    price_list_code = serializers.CharField(
        max_length=64,
        allow_blank=True,
        required=False,
        help_text="Code of a price list; empty: the ordinary prices.",
    )
    priority = serializers.IntegerField(
        min_value=-(2**31), max_value=2**31 - 1, required=False, help_text="Larger comes first."
    )


class NewCustomerGroup(CustomerGroupChanges):
    """A group to make."""

    code = serializers.CharField(max_length=64)
    name = serializers.CharField(max_length=200)
