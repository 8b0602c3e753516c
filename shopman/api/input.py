"""What callers send."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers


class InputSerializer(serializers.Serializer[Any]):
    """A serializer for input only: a field it does not know is an error of that field (422).

        class CustomerInput(InputSerializer):
            first_name = serializers.CharField(max_length=100)

        facts = self.accept(request)        # in a view with ``input_class = CustomerInput``
        customer.create(**facts)

    Fields that were not sent are absent from the validated values unless they have a default.
    """

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
