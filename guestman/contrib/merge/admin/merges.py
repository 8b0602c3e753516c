"""Merges that were made: a list, a page for each, and the act that takes one back."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display

from guestman.contrib.merge.admin import comparison, words
from guestman.contrib.merge.models import Merge, MergeReturn
from guestman.contrib.merge.service import automatic, foretell, unmerge
from guestman.contrib.merge.service.returns import registered
from guestman.models import Customer
from shopman import masking, trail_words
from shopman.admin.acts import ActForm, Text
from shopman.admin.base import ReadOnlyAdmin
from shopman.admin.service import ServiceAdmin
from shopman.admin.shown import Badge
from shopman.errors import Failure
from shopman.tenancy import staff
from shopman.tenancy.rights import Right


class UnmergeForm(ActForm):
    """Take a merge back, having read what it will do."""

    title = _("Take this merge back")
    submit = _("Take back")
    template = "guestman_merge/admin/unmerge.html"
    lead = _(
        "Both are customers of their own again. Everything of the record that was merged away"
        " becomes what it was before the merge; what was changed in it since is kept in the"
        " history."
    )
    is_grave = True
    right = Right.MERGE

    reason = forms.CharField(label=_("Reason"), max_length=1000)

    def told(self) -> dict[str, Any]:
        """What it would do, for the template; tried out and rolled back."""
        found = foretell(merge=self.subject)
        models = {label: rule.model for label, rule in registered().items()}
        counts = Counter(each.outcome for each in found.notes)
        outcome = MergeReturn.Outcome
        return {
            "by": trail_words.someone(self.subject.actor),
            "rows": [
                {"title": words.rows(models[label]), "count": count}
                for label, count in sorted(found.rows.items())
                if label in models
            ],
            "overwritten": counts[outcome.OVERWRITTEN],
            "recreated": counts[outcome.RECREATED],
            "taken": counts[outcome.TAKEN],
            "kept": counts[outcome.KEPT],
            "stayed": counts[outcome.STAYED],
            "returned": counts[outcome.RETURNED],
        }

    def act(self) -> Text:
        unmerge(merge=self.subject, reason=self.cleaned_data["reason"])
        return _("The merge was taken back: they are two customers again.")


class TakeBackDayForm(ActForm):
    """Take back whatever was merged by itself on the day of this merge."""

    title = _("Take back what was merged by itself that day")
    submit = _("Take all of them back")
    lead = _(
        "All customers who were merged on that day without anybody being asked are customers of"
        " their own again. Nobody else is merged by itself on that day."
    )
    is_grave = True
    right = Right.MERGE

    reason = forms.CharField(label=_("Reason"), max_length=1000)

    def act(self) -> Text:
        found = automatic.take_back(
            day=self.subject.automatic_on, reason=self.cleaned_data["reason"]
        )
        told = ngettext(
            "%(count)d merge was taken back.", "%(count)d merges were taken back.", found.back
        ) % {"count": found.back}
        if not found.left:
            return told
        return f"{told} " + ngettext(
            "%(count)d could not be: look at it.",
            "%(count)d could not be: look at them.",
            found.left,
        ) % {"count": found.left}


@admin.register(Merge)
class MergeAdmin(ReadOnlyAdmin, ServiceAdmin):
    """Newest first. A merge is made on the page that compares two customers."""

    right = Right.MERGE
    contact_fields = frozenset({"reason"})
    list_display = ("at", "kept", "away", "standing", "who", "reason", "by_itself")
    list_filter = (("automatic_because", ChoicesDropdownFilter),)
    list_select_related = ("survivor", "duplicate", "undo")
    search_fields = ("survivor__search_text", "duplicate__search_text")
    search_help_text = _("Name, code, document, phone or e-mail of one of the customers")
    ordering = ("-uuid",)
    sortable_by = ()
    actions_detail = ("take_back", "take_back_day")
    fieldsets: ClassVar = [
        (
            None,
            {
                "fields": [
                    ("kept", "away"),
                    ("at", "who"),
                    "reason",
                    "by_itself",
                    "standing",
                    "moved",
                ]
            },
        ),
        (_("Taken back"), {"fields": [("undone_at", "undone_by"), "undone_because", "returned"]}),
    ]
    readonly_fields = (
        "kept", "away", "standing", "moved", "who", "by_itself",
        "undone_at", "undone_by", "undone_because", "returned",
    )  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        compare = path(
            "compare/<uuid:one>/<uuid:other>/",
            self.admin_site.admin_view(self.compare),
            name="guestman_merge_merge_compare",
        )
        return [compare, *super().get_urls()]

    def compare(self, request: HttpRequest, one: UUID, other: UUID) -> HttpResponse:
        """Two customers side by side, and the merge of them."""
        context = {**self.admin_site.each_context(request), "opts": self.opts}
        request.current_app = self.admin_site.name
        return comparison.page(request, one, other, context)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Merge]:
        rows: QuerySet[Merge] = super().get_queryset(request)
        access = staff.access(request)
        if access is None or not access.organizations:
            return rows
        own = Customer.objects.visible_to(access.organizations).values("pk")
        return rows.filter(survivor__in=own, duplicate__in=own)

    def get_fieldsets(self, request: HttpRequest, obj: Merge | None = None) -> Any:
        shown = list(self.fieldsets)
        return shown if obj is None or hasattr(obj, "undo") else shown[:1]

    def customer_of(self, row: Merge) -> UUID:
        return row.survivor_id

    def title_of(self, row: Merge) -> str:
        return f"{row.duplicate} → {row.survivor}"

    @display(description=_("kept"))
    def kept(self, row: Merge) -> SafeString:
        return _customer(row.survivor)

    @display(description=_("merged away"))
    def away(self, row: Merge) -> SafeString:
        return _customer(row.duplicate)

    @display(description=_("by itself"))
    def by_itself(self, row: Merge) -> str:
        return str(row.get_automatic_because_display()) if row.automatic_on else "–"

    @display(description=_("by"))
    def who(self, row: Merge) -> str:
        return trail_words.someone(row.actor)

    @display(description=_("state"), label={"stands": "success", "undone": "info"})
    def standing(self, row: Merge) -> Badge:
        if hasattr(row, "undo"):
            return Badge("undone", str(_("taken back")))
        return Badge("stands", str(_("merged")))

    @display(description=_("rows"))
    def moved(self, row: Merge) -> str:
        kinds = row.moves.aggregate(
            moved=Count("pk", filter=Q(kind="moved")), parked=Count("pk", filter=Q(kind="parked"))
        )
        return str(_("%(moved)d moved, %(parked)d set aside") % kinds)

    @display(description=_("at"))
    def undone_at(self, row: Merge) -> Any:
        return row.undo.at

    @display(description=_("by"))
    def undone_by(self, row: Merge) -> str:
        return trail_words.someone(row.undo.actor)

    @display(description=_("reason"))
    def undone_because(self, row: Merge) -> str:
        return masking.text(row.undo.reason, customer=row.survivor_id)

    @display(description=_("what came of it"))
    def returned(self, row: Merge) -> SafeString:
        return format_html_join(
            "", "<p>{}: {}</p>", ((outcome, ", ".join(told)) for outcome, told in _outcomes(row))
        ) or SafeString("–")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        row = self.get_object(request, str(object_id))
        offered: list[Any] = super().get_actions_detail(request, object_id)
        if row is None:
            return []
        hidden = []
        if hasattr(row, "undo"):
            hidden.append("_take_back")
        if not _has_day(request, row):
            hidden.append("_take_back_day")
        return [each for each in offered if not each.action_name.endswith(tuple(hidden))]

    def has_merge_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return staff.may(request, Right.MERGE)

    @action(description=_("Take back"), permissions=["merge"], url_path="take-back")
    def take_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        answer = self.act(request, object_id, UnmergeForm)
        if isinstance(answer, TemplateResponse):
            context: Any = answer.context_data
            try:
                context |= context["form"].told()
            except Failure as failure:
                messages.error(request, failure.detail)
                return HttpResponseRedirect(context["back"])
        return answer

    @action(
        description=_("Take back the whole day"), permissions=["merge"], url_path="take-back-day"
    )
    def take_back_day(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None or row.automatic_on is None:
            return self.not_there(request, object_id)
        if not _has_day(request, row):
            raise PermissionDenied
        return self.act(request, object_id, TakeBackDayForm)

    def address_after_act(self, subject: Merge) -> str:
        return reverse("admin:guestman_customer_change", args=[subject.survivor_id])


def _has_day(request: HttpRequest, row: Merge) -> bool:
    """Whether there is a day of automatic merges to take back, and its customers are all seen."""
    access = staff.access(request)
    if row.automatic_on is None or access is None or access.organizations:
        return False
    return Merge.objects.standing().automatic_of(row.automatic_on).exists()


def _outcomes(row: Merge) -> Iterator[tuple[str, list[str]]]:
    """What did not simply go back, by outcome and kind of rows."""
    models = {label: rule.model for label, rule in registered().items()} | {
        Customer._meta.label_lower: Customer
    }
    listed = row.undo.returns.exclude(outcome=MergeReturn.Outcome.VERSION)
    counts = listed.values_list("outcome", "model").annotate(count=Count("pk"))
    by_outcome: dict[str, list[str]] = defaultdict(list)
    for outcome, label, count in counts.order_by("outcome", "model"):
        title = words.rows(models[label]) if label in models else label
        by_outcome[outcome].append(f"{title} ({count})")
    for outcome, told in by_outcome.items():
        yield str(MergeReturn.Outcome(outcome).label), told


def _customer(row: Customer) -> SafeString:
    page = reverse("admin:guestman_customer_change", args=[row.pk])
    return format_html('<a class="sm-link" href="{}">{} ({})</a>', page, row.name or "–", row.code)
