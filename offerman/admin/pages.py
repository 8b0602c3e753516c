"""Pages of their own: the price simulator, and the import of a price list."""

from __future__ import annotations

from typing import Any, ClassVar, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from unfold.views import UnfoldModelAdminViewMixin
from unfold.widgets import UnfoldAdminFileFieldWidget

from offerman.admin.forms import ConfirmForm, ImportForm, SimulatorForm
from offerman.models import PriceList
from offerman.services import price_import, quote
from offerman.services.price_import import ImportPreview, Mode, PlannedChange
from offerman.services.quote import Quote
from shopman import money
from shopman.admin.acts import blame, dress
from shopman.admin.service import ServiceAdmin
from shopman.errors import Failure

#: Changes and problems that a preview shows; the counts tell about the rest.
SHOWN = 200


class Page(UnfoldModelAdminViewMixin, FormView):  # type: ignore[misc, type-arg]  # untyped package
    """A form whose service's refusal becomes one of its errors."""

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
            blame(form, failure)
            return self.form_invalid(form)

    def answer(self, form: forms.Form) -> HttpResponse:
        """What the page answers to a valid form; may raise a Failure."""
        raise NotImplementedError

    def shown(self, **context: Any) -> HttpResponse:
        """The page itself, with more context."""
        return self.render_to_response(self.get_context_data(**context))


class SimulatorPage(Page):
    """What somebody would pay, and why. Nothing is kept."""

    title = gettext_lazy("Price simulator")
    template_name = "offerman/admin/simulator.html"
    form_class = SimulatorForm

    @classmethod
    def address(cls, model_admin: ServiceAdmin) -> URLPattern:
        view = model_admin.admin_site.admin_view(cls.as_view(model_admin=model_admin))
        pattern: URLPattern = path("simulator/", view, name="offerman_simulator")
        return pattern

    def answer(self, form: forms.Form) -> HttpResponse:
        asked = form.cleaned_data
        found = quote.lines(
            asked["lines"],
            customer_code=asked["customer_code"] or None,
            channel=asked["channel"] or None,
            at=asked["at"],
        )
        return self.shown(form=form, quote=found, table=_quote_table(found), total=_total(found))


class ImportPage(Page):
    """First a file, then what it would change, then the change."""

    title = gettext_lazy("Import prices")
    changes = True
    template_name = "offerman/admin/price_import.html"

    @classmethod
    def address(cls, model_admin: ServiceAdmin) -> URLPattern:
        view = model_admin.admin_site.admin_view(cls.as_view(model_admin=model_admin))
        pattern: URLPattern = path("<uuid:uuid>/import/", view, name="offerman_price_import")
        return pattern

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        get_object_or_404(PriceList, pk=kwargs["uuid"])
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer

    @property
    def price_list(self) -> UUID:
        return cast(UUID, self.kwargs["uuid"])

    def get_form_class(self) -> type[forms.Form]:
        return ConfirmForm if "digest" in self.request.POST else ImportForm

    def answer(self, form: forms.Form) -> HttpResponse:
        if isinstance(form, ConfirmForm):
            return self.applied(form)
        content, mode = form.cleaned_data["file"], cast(Mode, form.cleaned_data["mode"])
        found = price_import.preview(price_list=self.price_list, content=content, mode=mode)
        confirm = ConfirmForm(initial={"content": content, "mode": mode, "digest": found.digest})
        return self.shown(form=confirm, preview=found, **_preview_tables(self.price_list, found))

    def applied(self, form: ConfirmForm) -> HttpResponse:
        asked = form.cleaned_data
        done = price_import.apply(
            price_list=self.price_list,
            content=asked["content"],
            mode=asked["mode"],
            digest=asked["digest"],
        )
        messages.success(
            self.request,
            _("%(added)d added, %(changed)d changed, %(removed)d removed.") % done.counts,
        )
        return redirect("admin:offerman_pricelist_change", self.price_list)


def _quote_table(found: Quote) -> dict[str, Any]:
    return {
        "headers": [_("SKU"), _("Quantity"), _("Unit price"), _("Total"), _("Rule"), _("List")],
        "rows": [
            {
                "cols": [
                    line.sku,
                    line.quantity,
                    money.Money(line.unit_price_amount, line.currency),
                    money.Money(line.total_amount, line.currency),
                    line.rule,
                    _or_dash(line.price_list_code),
                ],
                "table": {
                    "headers": [_("Considered"), _("List"), _("Outcome"), _("Tiers")],
                    "rows": [
                        [
                            each["rule"],
                            each["price_list_code"] or "–",
                            each["outcome"],
                            _tiers(each),
                        ]
                        for each in line.explain["considered"]
                    ],
                },
            }
            for line in found.lines
        ],
    }


def _or_dash(text: str | None) -> str:
    return text or "–"


def _tiers(considered: dict[str, Any]) -> str:
    return "; ".join(
        f"≥ {tier['minimum_quantity']}: {tier['unit_price_amount']} ({tier['outcome']})"
        for tier in considered["tiers"]
    )


def _total(found: Quote) -> money.Money:
    return money.Money(found.total_amount, found.currency)


def _preview_tables(price_list: UUID, found: ImportPreview) -> dict[str, Any]:
    currency = PriceList.objects.values_list("currency", flat=True).get(pk=price_list)
    headers = [_("Line"), _("Change"), _("SKU"), _("From quantity"), _("Before"), _("After")]
    rows = [_change_row(change, currency) for change in found.changes[:SHOWN]]
    problems = [[each.line, each.code, each.message] for each in found.problems[:SHOWN]]
    return {
        "changes": {"headers": headers, "rows": rows},
        "problems": {"headers": [_("Line"), _("Problem"), _("Message")], "rows": problems},
    }


def _change_row(change: PlannedChange, currency: str) -> list[object]:
    before = "–" if change.amount_before is None else money.Money(change.amount_before, currency)
    after = "–" if change.action == "remove" else money.Money(change.amount, currency)
    return [change.line or "–", change.action, change.sku, change.minimum_quantity, before, after]
