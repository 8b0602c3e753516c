"""Where customers are signed in, browsers and apps; staff may end it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from doorman.admin import words
from doorman.models import Access, CustomerSession, TokenFamily
from doorman.services import access
from shopman import clock
from shopman.admin import shown
from shopman.admin.base import ReadOnlyAdmin
from shopman.admin.shown import Badge


class ByState(admin.SimpleListFilter):
    """Whether a session still lets somebody in."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return [("running", str(_("signed in"))), ("over", str(_("over")))]

    def queryset(self, request: Any, queryset: Any) -> Any:
        if self.value() == "running":
            return queryset.running()
        if self.value() == "over":
            return queryset.filter(Q(ended_at__isnull=False) | Q(expires_at__lte=clock.now()))
        return queryset


class AccessAdmin(ReadOnlyAdmin):
    """Without secrets; staff may end it."""

    fields = ("who", "where", "standing", "proof", "proved", "seen", "until", "ended", "why")
    readonly_fields = fields
    list_display = ("who", "where", "standing", "proof", "proved", "seen", "why")
    list_filter = (ByState,)
    search_fields = ("=customer_uuid", "=uuid")
    search_help_text = _("Key of a customer or a session")
    ordering = ("-uuid",)
    sortable_by = ()
    actions = ("end",)

    class Media:
        css: ClassVar = {"all": ["shopman/parts.css"]}

    def has_end_permission(self, request: HttpRequest) -> bool:
        return self.may_write(request)

    @admin.action(description=_("End the chosen sessions"), permissions=["end"])
    def end(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        keys = list(queryset.filter(ended_at__isnull=True).values_list("pk", flat=True))
        access.close_many(uuids=keys, reason="ended_by_staff")
        text = ngettext("%d session was ended.", "%d sessions were ended.", len(keys))
        self.message_user(request, text % len(keys), messages.SUCCESS)

    def title_of(self, row: Access) -> str:
        return row.device or gettext("unknown device")

    @display(description=_("customer"))
    def who(self, row: Access) -> str:
        return words.customer(row.customer_uuid)

    @display(description=_("where"))
    def where(self, row: Access) -> str:
        return row.device or str(_("unknown device"))

    @display(description=_("state"), label={"running": "success", "over": "warning"})
    def standing(self, row: Access) -> Badge:
        is_over = row.ended_at is not None or row.expires_at <= clock.now()
        return Badge("over", str(_("over"))) if is_over else Badge("running", str(_("signed in")))

    @display(description=_("signed in with"))
    def proof(self, row: Access) -> str:
        return words.methods(row.amr)

    @display(description=_("signed in"))
    def proved(self, row: Access) -> str:
        return shown.moment(row.auth_time)

    @display(description=_("last seen"))
    def seen(self, row: Access) -> str:
        return shown.moment(row.last_seen_at)

    @display(description=_("at most until"))
    def until(self, row: Access) -> str:
        return shown.moment(row.expires_at)

    @display(description=_("ended"))
    def ended(self, row: Access) -> str:
        return shown.moment(row.ended_at)

    @display(description=_("why it ended"))
    def why(self, row: Access) -> str:
        return words.reason(row.end_reason) if row.end_reason else "–"


@admin.register(CustomerSession)
class CustomerSessionAdmin(AccessAdmin):
    """Browsers."""


@admin.register(TokenFamily)
class TokenFamilyAdmin(AccessAdmin):
    """Apps."""
