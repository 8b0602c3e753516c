"""The price simulator: what somebody would pay, and why. Nothing is kept."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offerman.admin import words
from offerman.admin.forms import SimulatorForm
from offerman.admin.page import Page
from offerman.services import quote
from offerman.services.quote import QuotedLine
from shopman.admin import trace
from shopman.admin.acts import blame
from shopman.admin.service import ServiceAdmin
from shopman.errors import Failure

#: What a failure says of a line: ``lines.3.sku``.
_LINE = re.compile(r"lines\.(\d+)")


class SimulatorPage(Page):
    """Asks the same service as a storefront does."""

    title = gettext_lazy("Price simulator")
    template_name = "offerman/admin/simulator.html"
    form_class = SimulatorForm

    @classmethod
    def address(cls, model_admin: ServiceAdmin) -> URLPattern:
        view = model_admin.admin_site.admin_view(cls.as_view(model_admin=model_admin))
        pattern: URLPattern = path("simulator/", view, name="offerman_simulator")
        return pattern

    def get_initial(self) -> dict[str, Any]:
        """``?customer=C-1&channel=web`` fills the form in."""
        asked = self.request.GET
        return {"customer_code": asked.get("customer", ""), "channel": asked.get("channel", "")}

    def answer(self, form: forms.Form) -> HttpResponse:
        asked = form.cleaned_data
        found = quote.lines(
            asked["lines"],
            customer_code=asked["customer_code"] or None,
            channel=asked["channel"] or None,
            at=asked["at"],
        )
        return self.shown(
            form=form,
            rows=[_row(line) for line in found.lines],
            total=words.told(found.total_amount, found.currency),
        )

    def refused(self, form: forms.Form, failure: Failure) -> None:
        """Each line that cannot be priced is named beside the lines."""
        named = [(_LINE.match(each.field), each) for each in failure.errors]
        if not named or not all(match for match, _each in named):
            about = {"unknown_price_list": "customer_code"}.get(failure.code)
            form.add_error(about, failure.detail) if about else blame(form, failure)
            return
        asked = form.cleaned_data["lines"]
        for match, each in named:
            at = int(match[1]) if match else 0
            facts = {"number": at + 1, "sku": asked[at]["sku"], "message": each.message}
            form.add_error("lines", _("Line %(number)s, %(sku)s: %(message)s") % facts)


def _row(line: QuotedLine) -> dict[str, Any]:
    def told(amount: int) -> str:
        return words.told(amount, line.currency)

    return {
        "name": line.name,
        "sku": line.sku,
        "quantity": trace.plain(line.quantity),
        "price": told(line.unit_price_amount),
        "total": told(line.total_amount),
        "rule": trace.rule(line.rule),
        "list": line.price_list_code or "",
        "trace": trace.read(line.explain, told),
    }
