"""The words of a message that carries a code."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from doorman.conf import conf
from doorman.protocols.sender import Message
from doorman.rules import codes
from shopman import tenancy


def shop_name() -> str:
    """How the shop calls itself in front of customers."""
    return conf.BRAND_NAME or tenancy.current().name


def compose(
    *, channel: str, to: str, code: str, locale: str, ttl_seconds: int, key: UUID
) -> Message:
    """The message in the reader's language. The subject never holds the code."""
    with translation.override(locale):
        facts = {
            "shop": shop_name(),
            "code": codes.grouped(code),
            "minutes": max(1, ttl_seconds // 60),
        }
        if channel == "email":
            return Message(
                channel="email",
                to=to,
                code=code,
                subject=_("Sign in to %(shop)s") % facts,
                text=render_to_string("doorman/message/email.txt", facts),
                html=render_to_string("doorman/message/email.html", facts),
                locale=locale,
                idempotency_key=key,
            )
        return Message(
            channel="sms",
            to=to,
            code=code,
            subject="",
            text=_("%(shop)s: %(code)s is your code. Give it to nobody.") % facts + _bound(code),
            locale=locale,
            idempotency_key=key,
        )


def _bound(code: str) -> str:
    """The last line that binds a code to the shop's own site (origin-bound one-time codes)."""
    host = urlsplit(conf.BASE_URL).hostname
    return f"\n\n@{host} #{code}" if host else ""
