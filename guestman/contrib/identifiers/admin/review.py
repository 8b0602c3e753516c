"""What the rules left undecided: a list of matters, settled one by one with a reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from guestman.admin import trail
from guestman.contrib.identifiers.admin import claim
from guestman.contrib.identifiers.admin.words import family, lead
from guestman.contrib.identifiers.models import CustomerIdentifier, ReviewItem, ReviewParty
from guestman.contrib.identifiers.services import reviews
from shopman import trail_words
from shopman.admin import shown
from shopman.admin.acts import ActForm, Text
from shopman.admin.base import ReadOnlyAdmin
from shopman.admin.service import ServiceAdmin
from shopman.admin.shown import Badge
from shopman.tenancy import staff


class SettleReview(ActForm):
    title = _("Settle this matter")
    lead = _(
        "Look at the customers first and change there what has to be changed. Nothing happens to"
        " them here. Should the same come up again, it opens anew."
    )
    submit = _("Settle")
    back = _("Back")

    reason = forms.CharField(
        label=_("What was found out, and done"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def act(self) -> Text:
        reviews.resolve(item=self.subject.pk, reason=self.cleaned_data["reason"])
        return _("The matter is settled.")


@admin.register(ReviewItem)
class ReviewItemAdmin(ReadOnlyAdmin, ServiceAdmin):
    """Open matters first; each names its customers, and values masked for everybody."""

    fields = ("matter", "about", "who", "told", "claims", "standing", "since", "origin", "outcome")
    readonly_fields = fields
    list_display = ("matter", "who", "told", "standing", "since", "origin")
    list_display_links = ("matter",)
    list_filter = ("status", "kind")
    ordering = ("status", "-created_at", "-uuid")
    sortable_by = ()
    actions_detail = ("settle",)
    warn_unsaved_form = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        access = staff.access(request)
        rows = super().get_queryset(request).prefetch_related("parties__customer")
        if access is None or not access.organizations:
            return rows
        return rows.filter(pk__in=ReviewItem.objects.visible_to(access.organizations).values("pk"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        shown = [*self.fields]
        return shown if self.may_write(request) else [each for each in shown if each != "claims"]

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        row = self.get_object(request, str(object_id))
        is_open = row is not None and row.status == ReviewItem.Status.OPEN
        if not (is_open and self.may_write(request)):
            return []
        offered: list[Any] = super().get_actions_detail(request, object_id)
        return offered

    @action(description=_("Settle"), url_path="settle")
    def settle(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.act(request, object_id, SettleReview)

    def title_of(self, row: ReviewItem) -> str:
        return str(row.get_kind_display())

    @display(description=_("matter"))
    def matter(self, row: ReviewItem) -> str:
        return str(row.get_kind_display())

    @display(description=_("what it means"))
    def about(self, row: ReviewItem) -> str:
        return str(lead(row.kind))

    @display(description=_("customers"))
    def who(self, row: ReviewItem) -> SafeString:
        parties = sorted(row.parties.all(), key=lambda each: (not each.is_chosen, each.pk))
        names = format_html_join(", ", "{}", ((_link(each),) for each in parties))
        return format_html("<span>{}</span>", names)

    @display(description=_("values"))
    def told(self, row: ReviewItem) -> str:
        return ", ".join(f"{family(name)}: {value}" for name, value in row.values.items()) or "–"

    @display(description=_("only claimed"))
    def claims(self, row: ReviewItem) -> SafeString:
        """What may be accepted or refused of a matter about claims."""
        if row.kind != ReviewItem.Kind.PENDING or row.status != ReviewItem.Status.OPEN:
            return SafeString("–")
        owners = [each.customer_id for each in row.parties.all()]
        held = CustomerIdentifier.objects.filter(customer__in=owners, is_pending=True)
        facts = {"claims": [(each, claim.shown(each)) for each in held.in_reading_order()]}
        return render_to_string("guestman_identifiers/admin/claims.html", facts)

    @display(description=_("state"), label={"open": "warning", "resolved": "success"})
    def standing(self, row: ReviewItem) -> Badge:
        return Badge(row.status, str(row.get_status_display()))

    @display(description=_("since"))
    def since(self, row: ReviewItem) -> str:
        return shown.moment(row.created_at)

    @display(description=_("source"))
    def origin(self, row: ReviewItem) -> str:
        return trail.source(row.source) or "–"

    @display(description=_("settled"))
    def outcome(self, row: ReviewItem) -> str:
        if row.status == ReviewItem.Status.OPEN:
            return "–"
        who = trail_words.someone(row.resolved_by)
        why = _("the customers were merged") if row.settled_by_merge else row.reason
        return f"{shown.moment(row.resolved_at)}, {who}: {why}"


def _link(party: ReviewParty) -> SafeString:
    address = reverse("admin:guestman_customer_change", args=[party.customer_id])
    return format_html('<a href="{}">{}</a>', address, party.customer)
