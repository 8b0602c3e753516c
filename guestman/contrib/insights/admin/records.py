"""The rows of insights, and their panel on the customer's page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.dates import WEEKDAYS
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeNumericFilter
from unfold.decorators import action, display

from guestman.admin.part import matching_owners
from guestman.contrib.insights.admin import recalculation, run_words, words
from guestman.contrib.insights.models import CustomerInsight, InsightRun, SegmentChange
from guestman.contrib.insights.service import explanation
from shopman import money
from shopman.admin.base import ReadOnlyAdmin
from shopman.admin.shown import Badge
from shopman.tenancy import staff
from shopman.tenancy.rights import Right


def of_reader(rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
    """Those about customers of the organizations the reader works in, and of none."""
    access = staff.access(request)
    if access is None or not access.organizations:
        return rows
    own = Q(customer__organization__in=access.organizations)
    return rows.filter(own | Q(customer__organization__isnull=True))


class BySegmentName(admin.AllValuesFieldListFilter):
    """The segments there are, called as people call them."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        for each in super().choices(changelist):
            yield {**each, "display": words.SEGMENTS.get(str(each["display"]), each["display"])}


@admin.register(CustomerInsight)
class CustomerInsightAdmin(ReadOnlyAdmin):
    list_display = (
        "customer",
        "group",
        "scores",
        "order_count",
        "net_spend",
        "churn",
        "last_order_at",
        "refresh",
    )
    list_filter = (
        ("segment", BySegmentName),
        ("churn_risk", RangeNumericFilter),
        ("order_count", RangeNumericFilter),
        "is_stale",
    )
    list_filter_submit = True
    list_select_related = ("customer",)
    search_fields = ("customer__search_text",)
    search_help_text = _("Name, code, document, phone or e-mail of the customer")
    ordering = ("-net_total_amount", "uuid")
    fieldsets: ClassVar = [
        (None, {"fields": ["customer", ("group", "scores"), "why", ("as_of", "freshness")]}),
        (
            _("Orders"),
            {
                "fields": [
                    ("order_count", "refund_count"),
                    ("net_spend", "average_order"),
                    ("first_order_at", "last_order_at"),
                    ("days_since_last_order", "average_gap_days"),
                    ("usual_weekday", "preferred_hour"),
                    "usual_channels",
                    "favourites",
                    "elsewhere",
                ]
            },
        ),
        (
            _("Outlook"),
            {"fields": [("churn", "value_horizon_days"), ("predicted_spend", "total_value")]},
        ),
        (_("Source"), {"fields": [("way", "policy_version"), "calculated_at"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[CustomerInsight]:
        return of_reader(super().get_queryset(request), request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return matching_owners(queryset, search_term), False

    @display(description=_("segment"), ordering="segment")
    def group(self, row: CustomerInsight) -> str:
        return words.segment(row.segment)

    @display(description=_("R F M"))
    def scores(self, row: CustomerInsight) -> str:
        found = (row.recency_score, row.frequency_score, row.monetary_score)
        return " ".join("–" if score is None else str(score) for score in found)

    @display(description=_("policy"))
    def way(self, row: CustomerInsight) -> str:
        return run_words.policy(row.policy)

    @display(description=_("numbers"))
    def freshness(self, row: CustomerInsight) -> str:
        return str(_("out of date, a refresh is due") if row.is_stale else _("up to date"))

    @display(description=_("numbers"), label={True: "warning", False: "success"})
    def refresh(self, row: CustomerInsight) -> Badge:
        said = _("refresh due") if row.is_stale else _("up to date")
        return Badge(row.is_stale, str(said))

    @display(description=_("usual weekday"))
    def usual_weekday(self, row: CustomerInsight) -> str:
        return str(WEEKDAYS[row.preferred_weekday - 1]) if row.preferred_weekday else "–"

    @display(description=_("channels"))
    def usual_channels(self, row: CustomerInsight) -> str:
        return ", ".join(row.channels) or "–"

    @display(description=_("favourite products"))
    def favourites(self, row: CustomerInsight) -> str:
        return (
            ", ".join(f"{one['quantity']} × {one['sku']}" for one in row.favourite_products) or "–"
        )

    @display(description=_("other currencies"))
    def elsewhere(self, row: CustomerInsight) -> str:
        spent = row.other_currencies.items()
        return ", ".join(_money(one["net_total_amount"], code) for code, one in spent) or "–"

    @display(description=_("churn risk"), ordering="churn_risk")
    def churn(self, row: CustomerInsight) -> str:
        return "–" if row.churn_risk is None else f"{row.churn_risk:.0%}"

    @display(description=_("net spend"), ordering="net_total_amount")
    def net_spend(self, row: CustomerInsight) -> str:
        return _money(row.net_total_amount, row.currency)

    @display(description=_("average order"))
    def average_order(self, row: CustomerInsight) -> str:
        return _money(row.average_order_amount, row.currency)

    @display(description=_("predicted spend"))
    def predicted_spend(self, row: CustomerInsight) -> str:
        return _money(row.predicted_value_amount, row.currency)

    @display(description=_("total value"))
    def total_value(self, row: CustomerInsight) -> str:
        return _money(row.total_value_amount, row.currency)

    @display(description=_("why"))
    def why(self, row: CustomerInsight) -> SafeString:
        sentences = explanation.explain(row)["reasons"]
        return format_html_join("", "<div>{}</div>", ((sentence,) for sentence in sentences))


@admin.register(InsightRun)
class InsightRunAdmin(ReadOnlyAdmin):
    list_display = (
        "started_at",
        "kind",
        "status",
        "way",
        "as_of",
        "customer_count",
        "finished_at",
    )
    list_filter = (("status", ChoicesDropdownFilter), ("kind", ChoicesDropdownFilter))
    list_filter_submit = True
    ordering = ("-started_at", "-uuid")
    actions_list = ("recalculate",)
    fieldsets: ClassVar = [
        (
            None,
            {"fields": [("kind", "status"), ("phase", "as_of"), ("started_at", "finished_at")]},
        ),
        (_("Result"), {"fields": ["customer_count", "result"]}),
        (_("How scores are given"), {"fields": [("way", "policy_version"), "rules"]}),
    ]

    @display(description=_("policy"))
    def way(self, row: InsightRun) -> str:
        return run_words.policy(row.policy)

    @display(description=_("what came of it"))
    def result(self, row: InsightRun) -> SafeString:
        return _lines(run_words.result(row.counts))

    @display(description=_("rules"))
    def rules(self, row: InsightRun) -> SafeString:
        return _lines(run_words.rules(row))

    def has_bulk_permission(self, request: HttpRequest) -> bool:
        return staff.may(request, Right.BULK)

    @action(description=_("Recalculate"), permissions=["bulk"], url_path="recalculate")
    def recalculate(self, request: HttpRequest) -> HttpResponse:
        return recalculation.page(request, self.admin_site.each_context(request))


@admin.register(SegmentChange)
class SegmentChangeAdmin(ReadOnlyAdmin):
    list_display = ("changed_at", "whose", "before", "after", "as_of")
    list_filter = (
        ("from_segment", BySegmentName),
        ("to_segment", BySegmentName),
    )
    list_select_related = ("customer",)
    fields = ("whose", "before", "after", ("way", "policy_version"), "as_of", "changed_at")
    ordering = ("-changed_at", "-uuid")

    def title_of(self, row: SegmentChange) -> str:
        return f"{self.before(row)} → {self.after(row)}"

    def get_queryset(self, request: HttpRequest) -> QuerySet[SegmentChange]:
        return of_reader(super().get_queryset(request), request)

    @display(description=_("customer"))
    def whose(self, row: SegmentChange) -> str:
        return str(row.customer)

    @display(description=_("from"))
    def before(self, row: SegmentChange) -> str:
        return words.segment(row.from_segment) if row.from_segment else "–"

    @display(description=_("to"))
    def after(self, row: SegmentChange) -> str:
        return words.segment(row.to_segment)

    @display(description=_("policy"))
    def way(self, row: SegmentChange) -> str:
        return run_words.policy(row.policy)


def _lines(told: Iterable[run_words.Line]) -> SafeString:
    return format_html_join("", "<div>{}: {}</div>", told) or SafeString("–")


def _money(amount: int | None, currency: str) -> str:
    return "–" if amount is None else money.shown(amount, currency)
