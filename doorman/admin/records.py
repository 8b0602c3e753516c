"""What the door wrote down."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from doorman.admin import words
from doorman.models import AuthEvent, Challenge, ProofTicket, RateCounter
from shopman import clock
from shopman.admin import shown
from shopman.admin.base import ReadOnlyAdmin
from shopman.admin.shown import Badge

_STATES = {
    Challenge.Status.OPEN: "info",
    Challenge.Status.VERIFIED: "success",
    Challenge.Status.ATTEMPTS_EXHAUSTED: "danger",
    Challenge.Status.EXPIRED: "warning",
}


class DoorAdmin(ReadOnlyAdmin):
    """Newest first, in no other order: each list follows one index."""

    sortable_by = ()

    class Media:
        css: ClassVar = {"all": ["shopman/parts.css"]}


@admin.register(Challenge)
class ChallengeAdmin(DoorAdmin):
    """Without hashes, codes and contacts: staff need to know how it went, not what it was."""

    fields = (
        "wanted_for", "sent_by", "standing", "region", "locale", "typed", "sendings",
        "asked_in", "begun", "last_sent", "again", "ends", "opened",
    )  # fmt: skip
    readonly_fields = fields
    list_display = ("begun", "wanted_for", "sent_by", "standing", "typed", "sendings", "ends")
    list_filter = ("status", "channel", "purpose")
    ordering = ("-uuid",)

    def title_of(self, row: Challenge) -> str:
        return f"{row.get_purpose_display()}, {row.get_channel_display()}"

    @display(description=_("asked for"))
    def begun(self, row: Challenge) -> str:
        return shown.moment(row.created_at)

    @display(description=_("to"))
    def wanted_for(self, row: Challenge) -> str:
        return row.get_purpose_display()

    @display(description=_("sent by"))
    def sent_by(self, row: Challenge) -> str:
        return row.get_channel_display()

    @display(description=_("state"), label=_STATES)
    def standing(self, row: Challenge) -> Badge:
        if row.status == Challenge.Status.OPEN and row.expires_at <= clock.now():
            return Badge(Challenge.Status.EXPIRED, str(Challenge.Status.EXPIRED.label))
        return Badge(row.status, row.get_status_display())

    @display(description=_("wrong codes"))
    def typed(self, row: Challenge) -> int:
        return row.attempts

    @display(description=_("times sent"))
    def sendings(self, row: Challenge) -> int:
        return row.sends

    @display(description=_("last sent"))
    def last_sent(self, row: Challenge) -> str:
        return shown.moment(row.sent_at)

    @display(description=_("asked for in"))
    def asked_in(self, row: Challenge) -> str:
        return row.device or str(_("unknown device"))

    @display(description=_("link used"))
    def opened(self, row: Challenge) -> str:
        return shown.moment(row.link_used_at)

    @display(description=_("may be sent again from"))
    def again(self, row: Challenge) -> str:
        return shown.moment(row.resend_at)

    @display(description=_("good until"))
    def ends(self, row: Challenge) -> str:
        return shown.moment(row.expires_at)


@admin.register(ProofTicket)
class ProofTicketAdmin(DoorAdmin):
    """Without hashes and contacts."""

    fields = ("made", "sent_by", "ends", "used")
    readonly_fields = fields
    list_display = ("made", "sent_by", "ends", "used")
    list_filter = ("channel",)
    ordering = ("-uuid",)

    def title_of(self, row: ProofTicket) -> str:
        return row.get_channel_display()

    @display(description=_("proved"))
    def made(self, row: ProofTicket) -> str:
        return shown.moment(row.created_at)

    @display(description=_("proved by"))
    def sent_by(self, row: ProofTicket) -> str:
        return row.get_channel_display()

    @display(description=_("good until"))
    def ends(self, row: ProofTicket) -> str:
        return shown.moment(row.expires_at)

    @display(description=_("signed in with it"))
    def used(self, row: ProofTicket) -> str:
        return shown.moment(row.used_at)


@admin.register(RateCounter)
class RateCounterAdmin(DoorAdmin):
    """What was counted, without whom."""

    fields = ("limit", "counted", "since", "until", "wait")
    readonly_fields = fields
    list_display = ("limit", "counted", "standing", "since", "until")
    ordering = ("-uuid",)

    def title_of(self, row: RateCounter) -> str:
        return words.limit(row.scope) or row.scope

    @display(description=_("limit"))
    def limit(self, row: RateCounter) -> str:
        return words.limit(row.scope) or row.scope

    @display(description=_("counted"))
    def counted(self, row: RateCounter) -> str:
        return str(_("%(hits)s of %(limit)s") % {"hits": row.hits, "limit": row.hit_limit})

    @display(
        description=_("state"), label={"spent": "danger", "open": "success", "over": "warning"}
    )
    def standing(self, row: RateCounter) -> Badge:
        if row.closes_at <= clock.now():
            return Badge("over", str(_("over")))
        if row.hits >= row.hit_limit:
            return Badge("spent", str(_("spent")))
        return Badge("open", str(_("open")))

    @display(description=_("since"))
    def since(self, row: RateCounter) -> str:
        return shown.moment(row.opened_at)

    @display(description=_("starts anew"))
    def until(self, row: RateCounter) -> str:
        return shown.moment(row.closes_at)

    @display(description=_("not before"))
    def wait(self, row: RateCounter) -> str:
        return shown.moment(row.not_before)


class ByEvent(admin.SimpleListFilter):
    """What happened, in words."""

    title = _("what happened")
    parameter_name = "event"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, str(text)) for name, (_colour, text) in words.EVENTS.items()]

    def queryset(self, request: Any, queryset: Any) -> Any:
        chosen = self.value()
        return queryset.filter(name=chosen) if chosen in words.EVENTS else queryset


@admin.register(AuthEvent)
class AuthEventAdmin(DoorAdmin):
    """The log of the door."""

    fields = ("when", "what", "why", "sent_by", "who", "times")
    readonly_fields = fields
    list_display = ("when", "what", "why", "sent_by", "who", "times")
    list_filter = (ByEvent, "channel")
    search_fields = ("=customer_uuid", "=session_uuid", "=challenge_uuid")
    search_help_text = _("Key of a customer, a session or a code")
    ordering = ("-at", "-uuid")

    def title_of(self, row: AuthEvent) -> str:
        return words.event(row.name)

    @display(description=_("when"))
    def when(self, row: AuthEvent) -> str:
        return shown.moment(row.at)

    @display(
        description=_("what happened"), label={key: one[0] for key, one in words.EVENTS.items()}
    )
    def what(self, row: AuthEvent) -> Badge:
        return Badge(row.name, words.event(row.name))

    @display(description=_("why"))
    def why(self, row: AuthEvent) -> str:
        return words.reason(row.reason) if row.reason else "–"

    @display(description=_("sent by"))
    def sent_by(self, row: AuthEvent) -> str:
        known = dict(Challenge._meta.get_field("channel").flatchoices)
        return str(known.get(row.channel, row.channel)) or "–"

    @display(description=_("who"))
    def who(self, row: AuthEvent) -> str:
        return words.customer(row.customer_uuid)

    @display(description=_("times"))
    def times(self, row: AuthEvent) -> int:
        return row.repeat
