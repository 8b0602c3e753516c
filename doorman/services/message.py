"""The words of a message that carries a code."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from doorman.protocols.sender import Message
from doorman.rules import codes
from doorman.services import shop


def compose(
    *, channel: str, to: str, code: str, link: str, locale: str, ttl_seconds: int, key: UUID
) -> Message:
    """The message in the reader's language. The subject holds neither code nor link."""
    with translation.override(locale):
        facts = {
            "shop": shop.name(),
            "link": link,
            "code": codes.grouped(code),
            "minutes": max(1, ttl_seconds // 60),
        }
        if channel == "email":
            return Message(
                channel="email",
                to=to,
                code=code,
                link=link,
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
    host = urlsplit(shop.base_url()).hostname
    return f"\n\n@{host} #{code}" if host else ""
