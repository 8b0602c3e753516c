"""The budgets in force, as the settings have them."""

from __future__ import annotations

from doorman.conf import conf
from doorman.rules.budgets import DAY, HOUR, MINUTE, QUARTER_HOUR, Window
from doorman.services.identifier import Identifier


def of_sending(*, channel: str, identifier: Identifier, address_hash: str) -> list[Window]:
    """What one message is counted in. Channels have budgets of their own for one identifier."""
    subject = f"{channel}:{identifier.hash}"
    windows = [
        Window(
            act="send",
            kind="identifier",
            subject=subject,
            seconds=QUARTER_HOUR,
            limit=conf.SENDS_PER_IDENTIFIER_QUARTER_HOUR,
            spacing=tuple(conf.RESEND_AFTER_SECONDS),
        ),
        _send("identifier", subject, DAY, _identifier_day(channel)),
        _send("address", address_hash, QUARTER_HOUR, conf.SENDS_PER_ADDRESS_QUARTER_HOUR),
        _send("address", address_hash, DAY, conf.SENDS_PER_ADDRESS_DAY),
        _send("all", "", MINUTE, conf.SENDS_PER_MINUTE),
        _send("all", "", DAY, conf.SENDS_PER_DAY),
    ]
    if identifier.region:
        windows.append(_send("region", identifier.region, DAY, conf.SENDS_PER_REGION_DAY))
    return windows


def of_guessing(*, identifier_hash: str, address_hash: str) -> list[Window]:
    """What one wrong code is counted in; without an identifier only the address is."""
    windows = [
        _failure("address", address_hash, 5 * MINUTE, conf.FAILURES_PER_ADDRESS_5_MINUTES),
        _failure("address", address_hash, DAY, conf.FAILURES_PER_ADDRESS_DAY),
    ]
    if identifier_hash:
        windows += [
            _failure("identifier", identifier_hash, HOUR, conf.FAILURES_PER_IDENTIFIER_HOUR),
            _failure("identifier", identifier_hash, DAY, conf.FAILURES_PER_IDENTIFIER_DAY),
        ]
    return windows


def _identifier_day(channel: str) -> int:
    return conf.SENDS_PER_EMAIL_DAY if channel == "email" else conf.SENDS_PER_PHONE_DAY


def _send(kind: str, subject: str, seconds: int, limit: int) -> Window:
    return Window(act="send", kind=kind, subject=subject, seconds=seconds, limit=limit)


def _failure(kind: str, subject: str, seconds: int, limit: int) -> Window:
    return Window(act="failure", kind=kind, subject=subject, seconds=seconds, limit=limit)
