"""What a kind of job asks for before it starts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest


class JobForm(forms.Form):
    """The parameters of a kind of job; dressed by the page that shows it."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.offer()

    def offer(self) -> None:
        """Fill the choices."""

    def parameters(self) -> dict[str, Any]:
        """What was chosen, as JSON values."""
        return dict(self.cleaned_data)
