"""What pages of their own have in common."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.generic import FormView
from unfold.views import UnfoldModelAdminViewMixin
from unfold.widgets import UnfoldAdminFileFieldWidget

from shopman.admin.acts import blame, dress
from shopman.admin.service import ServiceAdmin
from shopman.errors import Failure


class Page(UnfoldModelAdminViewMixin, FormView):  # type: ignore[misc, type-arg]  # untyped package
    """A form whose service's refusal becomes one of its errors."""

    request: HttpRequest
    #: Whether looking is enough, or the page changes prices.
    changes: ClassVar[bool] = False

    def has_permission(self) -> bool:
        admin: ServiceAdmin = self.model_admin
        if self.changes:
            return admin.may_write(self.request)
        return admin.has_view_permission(self.request)

    def get_form(self, form_class: type[forms.Form] | None = None) -> forms.Form:
        form: forms.Form = super().get_form(form_class)
        for field in form.fields.values():
            if isinstance(field, forms.FileField):
                field.widget = UnfoldAdminFileFieldWidget()
            else:
                dress(field)
        return form

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            return self.answer(form)
        except Failure as failure:
            self.refused(form, failure)
            return self.form_invalid(form)

    def answer(self, form: forms.Form) -> HttpResponse:
        """What the page answers to a valid form; may raise a Failure."""
        raise NotImplementedError

    def refused(self, form: forms.Form, failure: Failure) -> None:
        """Says in the form what the service refused."""
        blame(form, failure)

    def shown(self, **context: Any) -> HttpResponse:
        """The page itself, with more context."""
        return self.render_to_response(self.get_context_data(**context))
