"""System checks: an unsafe door does not open."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from doorman.conf import conf
from doorman.rules import colour, keyring
from doorman.services import neighbours

CONSOLE = "doorman.adapters.console.ConsoleSender"
LONGEST_TTL_SECONDS = 600


def connect() -> None:
    """Register the checks; called when the app is ready. The ports register their own."""
    assert neighbours.senders
    for check in (keys, codes, limits, tokens, appearance, exposure):
        register(check)


def keys(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """Both keyrings have keys, long enough."""
    messages: list[CheckMessage] = []
    for name, entries in (("HMAC_KEYS", conf.HMAC_KEYS), ("SEAL_KEYS", conf.SEAL_KEYS)):
        try:
            keyring.parse(entries)
        except keyring.BadKey as error:
            messages.append(
                Error(
                    f'DOORMAN["{name}"]: {error}',
                    hint=f"Set DOORMAN_{name}: id:base64 of {keyring.KEY_BYTES} random bytes.",
                    id="doorman.E001",
                )
            )
    return messages


def codes(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """Codes are long enough and die soon enough."""
    messages: list[CheckMessage] = [
        Error(f'DOORMAN["{name}"] must be 1 to {LONGEST_TTL_SECONDS}.', id="doorman.E002")
        for name in ("SMS_CODE_TTL_SECONDS", "EMAIL_CODE_TTL_SECONDS")
        if not 0 < getattr(conf, name) <= LONGEST_TTL_SECONDS
    ]
    messages += [
        Error(f'DOORMAN["{name}"] must be {shortest} to 12.', id="doorman.E003")
        for name, shortest in (("SMS_CODE_LENGTH", 6), ("EMAIL_CODE_LENGTH", 8))
        if not shortest <= getattr(conf, name) <= 12
    ]
    return messages


def limits(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """Guessing stays hopeless: what a budget may be raised to."""
    highest = {
        "CODE_ATTEMPTS": 10,
        "FAILURES_PER_IDENTIFIER_HOUR": 50,
        "FAILURES_PER_IDENTIFIER_DAY": 100,
    }
    messages: list[CheckMessage] = [
        Error(f'DOORMAN["{name}"] must be 1 to {most}.', id="doorman.E004")
        for name, most in highest.items()
        if not 1 <= getattr(conf, name) <= most
    ]
    if not conf.RESEND_AFTER_SECONDS:
        messages.append(Error('DOORMAN["RESEND_AFTER_SECONDS"] is empty.', id="doorman.E004"))
    return messages


def tokens(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """Stolen tokens die soon, and there is something to make them for."""
    highest = {"ACCESS_TOKEN_MINUTES": 60, "REFRESH_TOKEN_GRACE_SECONDS": 60}
    messages: list[CheckMessage] = [
        Error(f'DOORMAN["{name}"] must be 1 to {most}.', id="doorman.E010")
        for name, most in highest.items()
        if not 1 <= getattr(conf, name) <= most
    ]
    if not conf.TOKEN_SCOPES or conf.AUDIENCE not in conf.TOKEN_AUDIENCES:
        messages.append(
            Error(
                "Tokens could be used nowhere.",
                hint='DOORMAN["AUDIENCE"] must be among TOKEN_AUDIENCES; name a scope.',
                id="doorman.E011",
            )
        )
    return messages


def appearance(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """The brand's colour is one."""
    if colour.is_colour(conf.BRAND_COLOR):
        return []
    return [Error('DOORMAN["BRAND_COLOR"] must be #rrggbb.', id="doorman.E005")]


def exposure(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """What is fine on a developer's machine and nowhere else."""
    if settings.DEBUG:
        return []
    messages: list[CheckMessage] = []
    if "*" in settings.ALLOWED_HOSTS:
        messages.append(
            Error("ALLOWED_HOSTS has a wildcard.", hint="Name the hosts.", id="doorman.E006")
        )
    addresses = {"BASE_URL": conf.BASE_URL} if conf.BASE_URL else {}
    addresses |= {f"BASE_URLS[{slug!r}]": url for slug, url in conf.BASE_URLS.items()}
    messages += [
        Error(f"DOORMAN {name} is not https://host.", id="doorman.E007")
        for name, url in addresses.items()
        if not _is_origin(url)
    ]
    if CONSOLE in (conf.SMS_SENDER, conf.EMAIL_SENDER):
        messages.append(
            Error(
                "A sender prints codes to the console.",
                hint="Name a sender that delivers, or doorman.adapters.null.NullSender.",
                id="doorman.E008",
            )
        )
    if not (settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE):
        messages.append(
            Error(
                "Cookies would travel without TLS.",
                hint="Set SESSION_COOKIE_SECURE and CSRF_COOKIE_SECURE.",
                id="doorman.E009",
            )
        )
    return messages


def _is_origin(url: str) -> bool:
    """Whether this is ``https://host``, perhaps with a port, and nothing more."""
    parts = urlsplit(url.rstrip("/"))
    return parts.scheme == "https" and url.rstrip("/") == f"https://{parts.netloc}" != "https://"
