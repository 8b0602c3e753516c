"""The queue of possible duplicates, and the page of one pair side by side."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from guestman.admin import pair_acts
from guestman.contrib.duplicates.admin.acts import DifferentPeopleAct, ReopenAct
from guestman.contrib.duplicates.admin.compared import lines
from guestman.contrib.duplicates.models import DuplicatePair, PairDecision
from guestman.contrib.duplicates.models.pair import State
from guestman.contrib.duplicates.services import queue, words
from guestman.models import Customer
from guestman.services.search import matches
from shopman import money, tenancy, trail_words
from shopman.admin.acts import ActForm
from shopman.admin.base import ReadOnlyAdmin
from shopman.admin.service import ServiceAdmin
from shopman.admin.shown import Badge, moment
from shopman.tenancy import staff

#: Decisions shown on the page of a pair.
SHOWN_DECISIONS = 10


class ByState(admin.SimpleListFilter):
    """What is left to decide, unless somebody asks for more."""

    title = _("show")
    parameter_name = "show"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("possible", _("Possible ones too")),
            ("different", _("Different people")),
            ("merged", _("Merged")),
        ]

    def choices(self, changelist: Any) -> Any:
        everything, *others = super().choices(changelist)
        yield {**everything, "display": _("To decide")}
        yield from others

    def queryset(self, request: Any, queryset: Any) -> Any:
        asked = self.value()
        if asked in (State.DIFFERENT, State.MERGED):
            return queryset.filter(state=asked)
        waiting = queryset.waiting()
        return waiting if asked == "possible" else waiting.sure()


@admin.register(DuplicatePair)
class DuplicatePairAdmin(ReadOnlyAdmin, ServiceAdmin):
    list_display = ("both", "sureness", "why", "worth", "found")
    list_filter = (ByState,)
    list_select_related = ("low", "high")
    list_before_template = "guestman_duplicates/admin/queue.html"
    search_fields = ("low__search_text",)
    search_help_text = _("Name, code, document, phone or e-mail of the customer")
    ordering = ("-rank", "-uuid")
    actions_detail = ("different", "reopen")

    class Media:
        css: ClassVar = {"all": ["shopman/parts.css", "guestman_duplicates/pair.css"]}
        js: ClassVar = ["guestman_duplicates/pair.js"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[DuplicatePair]:
        access = staff.access(request)
        rows: Any = super().get_queryset(request)
        found: QuerySet[DuplicatePair] = rows.visible_to(access.organizations if access else ())
        return found

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term.strip():
            return queryset, False
        condition = matches(search_term)
        if condition is None:
            return queryset.none(), False
        found = Customer.objects.filter(condition).values("uuid")
        return queryset.filter(Q(low__in=found) | Q(high__in=found)), False

    @display(description=_("customers"), header=True)
    def both(self, row: DuplicatePair) -> tuple[str, str]:
        return f"{row.low} – {row.high}", f"{row.low.code}, {row.high.code}"

    @display(
        description=_("how sure"),
        ordering="score",
        label={"certain": "success", "likely": "warning", "possible": "info"},
    )
    def sureness(self, row: DuplicatePair) -> Badge:
        return Badge(row.band, row.get_band_display())

    @display(description=_("because of"))
    def why(self, row: DuplicatePair) -> str:
        found = words.strongest(row.evidence)
        return ", ".join(found) or str(row.get_source_display())

    @display(description=_("worth"))
    def worth(self, row: DuplicatePair) -> str:
        if not row.worth_amount:
            return "–"
        return money.shown(row.worth_amount, tenancy.current().default_currency)

    @display(description=_("found"), ordering="found_at")
    def found(self, row: DuplicatePair) -> str:
        return moment(row.found_at)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The two side by side."""
        pair = self.get_object(request, object_id)
        if pair is None:
            return self.not_there(request, object_id)
        if request.method == "POST" or not self.has_view_permission(request, pair):
            raise PermissionDenied
        request.current_app = self.admin_site.name
        context = {**self.admin_site.each_context(request), **self._facts(request, pair)}
        return TemplateResponse(request, "guestman_duplicates/admin/pair.html", context)

    def _facts(self, request: HttpRequest, pair: DuplicatePair) -> dict[str, Any]:
        access = staff.access(request)
        following = queue.after(pair, access.organizations if access else ())
        is_open = pair.state == State.OPEN
        return {
            "opts": self.opts,
            "title": _("One person or two?"),
            "media": self.media,
            "original": pair,
            "pair": pair,
            "is_open": is_open,
            "lines": lines(pair.low, pair.high),
            "reasons": words.sentences(pair.evidence, pair.suspicions),
            "acts": pair_acts.offered(request, pair.low, pair.high) if is_open else (),
            "may_write": self.may_write(request),
            "decisions": _decisions(pair),
            "following": self.page_of(following) if following else "",
            "queue": reverse(
                f"{self.admin_site.name}:guestman_duplicates_duplicatepair_changelist"
            ),
        }

    def address_after_act(self, subject: Any) -> str:
        """To the next pair to decide, where the one just decided is out of the queue."""
        subject.refresh_from_db()
        if subject.state == State.OPEN:
            return self.page_of(subject)
        following = queue.after(subject, getattr(subject, "reader_organizations", ()))
        if following is not None:
            return self.page_of(following)
        return reverse(f"{self.admin_site.name}:guestman_duplicates_duplicatepair_changelist")

    def _decide(self, request: HttpRequest, object_id: str, kind: type[ActForm]) -> HttpResponse:
        pair, access = self.get_object(request, object_id), staff.access(request)
        if pair is not None and access is not None:
            # The next pair is one the reader may see.
            pair.reader_organizations = access.organizations
        return self.act(request, object_id, kind)

    @action(description=_("Different people"), permissions=["act"], url_path="different")
    def different(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decide(request, object_id, DifferentPeopleAct)

    @action(description=_("Take it back"), permissions=["act"], url_path="reopen")
    def reopen(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decide(request, object_id, ReopenAct)


def _decisions(pair: DuplicatePair) -> list[dict[str, Any]]:
    rows = PairDecision.objects.filter(pair=pair).order_by("-at", "-uuid")[:SHOWN_DECISIONS]
    return [
        {
            "what": row.get_to_state_display(),
            "who": trail_words.actor(*row.actor.partition(":")[::2]),
            "when": moment(row.at),
        }
        for row in rows
    ]
