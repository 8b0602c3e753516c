"""Form fields that every app shares."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError


class MomentField(forms.DateTimeField):
    """A moment that UTC can tell; the last hours of the year 9999 are beyond it in the west."""

    def to_python(self, value: Any) -> dt.datetime | None:
        found = super().to_python(value)
        try:
            return found.astimezone(dt.UTC) if found else None
        except OverflowError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
