"""What the door wrote down, in words a shop owner understands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from doorman.models import Purpose
from shopman import trail_words

Text = str | Promise

#: What happened, and the colour of its badge.
EVENTS: Final[Mapping[str, tuple[str, Text]]] = {
    "otp_requested": ("info", gettext_lazy("A code was asked for")),
    "otp_failed": ("warning", gettext_lazy("A wrong code was typed")),
    "otp_locked": ("danger", gettext_lazy("Too many wrong codes: locked for a while")),
    "link_used_elsewhere": ("warning", gettext_lazy("A link and its code let in two browsers")),
    "send_budget_spent": ("warning", gettext_lazy("Too many codes were asked for")),
    "login_succeeded": ("success", gettext_lazy("Signed in")),
    "login_denied": ("danger", gettext_lazy("Turned away")),
    "session_revoked": ("info", gettext_lazy("Signed out")),
    "token_reuse_detected": ("danger", gettext_lazy("An old key of an app came back")),
    "delivery_failed": ("danger", gettext_lazy("A code could not be sent")),
    "delivery_breaker_opened": ("danger", gettext_lazy("Sending fails: paused for a while")),
}
_REASONS: Final[Mapping[str, Text]] = {
    **dict(Purpose.choices),
    "created": gettext_lazy("a new customer"),
    "unknown_link": gettext_lazy("a link that is no good"),
    "inactive": gettext_lazy("the customer is not active"),
    "customer_inactive": gettext_lazy("the customer is not active any more"),
    "customer_merged": gettext_lazy("the customer was merged into another one"),
    "customer_unmerged": gettext_lazy("a merge of the customer was taken back"),
    "contact_mismatch": gettext_lazy("the contact is not the customer's own"),
    "no_account": gettext_lazy("nobody has this contact"),
    "ended_by_customer": gettext_lazy("by the customer"),
    "ended_by_staff": gettext_lazy("by staff"),
    "superseded": gettext_lazy("signed in again in the same browser"),
    "signed_out": gettext_lazy("by the customer"),
    "token_reuse": gettext_lazy("an old key of the app came back"),
    "too_many": gettext_lazy("signed in in too many places"),
}
_METHODS: Final[Mapping[str, Text]] = {
    "otp_sms": gettext_lazy("code by text message"),
    "otp_whatsapp": gettext_lazy("code by WhatsApp"),
    "email_link": gettext_lazy("code or link by e-mail"),
}
_ACTS: Final[Mapping[str, Text]] = {
    "send": gettext_lazy("Codes sent"),
    "failure": gettext_lazy("Wrong codes"),
}
_SUBJECTS: Final[Mapping[str, Text]] = {
    "identifier": gettext_lazy("to one phone or e-mail"),
    "address": gettext_lazy("from one internet connection"),
    "region": gettext_lazy("to one country"),
    "all": gettext_lazy("in all"),
}


def event(name: str) -> str:
    """What happened."""
    return str(EVENTS[name][1]) if name in EVENTS else name.replace("_", " ")


def reason(code: str) -> str:
    """Why; also the name of a limit that was reached."""
    known = _REASONS.get(code)
    return str(known) if known else limit(code) or code.replace("_", " ")


def methods(amr: str) -> str:
    """How somebody proved who they are."""
    return ", ".join(str(_METHODS.get(each, each.replace("_", " "))) for each in amr.split())


def limit(scope: str) -> str:
    """A limit, ``send.identifier.900``: codes sent to one phone or e-mail in 15 minutes."""
    act, _dot, rest = scope.partition(".")
    kind, _dot, seconds = rest.partition(".")
    if act not in _ACTS or kind not in _SUBJECTS or not seconds.isdecimal():
        return ""
    facts = {"what": _ACTS[act], "whom": _SUBJECTS[kind], "time": _span(int(seconds))}
    return _("%(what)s %(whom)s in %(time)s") % facts


def _span(seconds: int) -> str:
    minutes = seconds // 60
    if minutes % 1440 == 0 and minutes:
        days = minutes // 1440
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    if minutes % 60 == 0 and minutes:
        hours = minutes // 60
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


def customer(key: UUID | None) -> SafeString | str:
    """A way to the customer's page: the door knows nobody's name."""
    if key is None:
        return "–"
    try:
        address = reverse("admin:guestman_customer_change", args=[key])
    except NoReverseMatch:
        return str(key)
    text = _("customer …%(end)s") % {"end": str(key)[-6:]}
    return format_html('<a class="sm-link" href="{}">{}</a>', address, text)


trail_words.name_commands({"doorman_purge": gettext_lazy("the clearing of old sign-ins")})
