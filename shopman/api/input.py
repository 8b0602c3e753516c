"""What callers send."""

from __future__ import annotations

from copy import copy, deepcopy
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from shopman.numbers import decimal


class InputSerializer(serializers.Serializer[Any]):
    """A serializer for input only: a field it does not know is an error of that field (422).

        class CustomerInput(InputSerializer):
            first_name = serializers.CharField(max_length=100)

        facts = self.accept(request)        # in a view with ``input_class = CustomerInput``
        customer.create(**facts)

    Fields that were not sent are absent from the validated values unless they have a default.
    """

    def get_fields(self) -> dict[str, Any]:
        # DRF builds each field anew for each request. One without fields inside is only told its
        # name and its serializer, for which a shallow copy will do.
        return {
            name: deepcopy(field) if _has_parts(field) else copy(field)
            for name, field in self._declared_fields.items()
        }

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := data.keys() - self.fields.keys()):
            message = _("This field is not known.")
            raise serializers.ValidationError(
                {
                    name: [serializers.ErrorDetail(message, code="unknown_field")]
                    for name in sorted(unknown)
                }
            )
        return super().to_internal_value(data)


def _has_parts(field: Any) -> bool:
    return isinstance(field, serializers.BaseSerializer) or hasattr(field, "child")


class PlainDecimalField(serializers.DecimalField):
    """A decimal number in ASCII digits; those of other scripts are refused."""

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, str):
            try:
                decimal(data.strip())
            except InvalidOperation:
                self.fail("invalid")
        return super().to_internal_value(data)
