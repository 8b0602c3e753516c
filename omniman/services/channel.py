"""Channels: where orders come from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from omniman.errors import (
    ChannelCodeTaken,
    ChannelNotFound,
    InvalidChannel,
    InvalidChannelSettings,
    StaleVersion,
)
from omniman.models import Channel
from omniman.models.channel import channel_code
from shopman import audit
from shopman.errors import changed_meanwhile
from shopman.unset import UNSET, NotGiven


def create(
    *,
    code: str,
    name: str,
    is_trusted: bool = False,
    settings: Mapping[str, Any] | None = None,
) -> Channel:
    """A new channel. Raises InvalidChannel, InvalidChannelSettings, ChannelCodeTaken."""
    code, name = code.strip(), name.strip()
    _check(code, name, settings or {})
    made = Channel(code=code, name=name, is_trusted=is_trusted, settings=settings or {})
    try:
        with transaction.atomic():
            made.save()
            audit.record(
                subject=made.subject,
                action="channel.create",
                after={"code": code, "name": name, "is_trusted": is_trusted},
            )
    except IntegrityError as error:
        raise ChannelCodeTaken from error
    return made


def ensure(*, code: str, name: str = "") -> Channel:
    """The channel with this code, made as an untrusted one where there is none. InvalidChannel."""
    found: Channel | None = Channel.objects.filter(code=code).first()
    if found is not None:
        return found
    try:
        return create(code=code, name=name or code.capitalize())
    except ChannelCodeTaken:
        there: Channel = Channel.objects.get(code=code)
        return there


def update(
    *,
    channel: Channel,
    name: str | NotGiven = UNSET,
    is_trusted: bool | NotGiven = UNSET,
    is_active: bool | NotGiven = UNSET,
    settings: Mapping[str, Any] | NotGiven = UNSET,
    expected_version: int | None = None,
) -> Channel:
    """Change what is given; a code is for good. An inactive channel takes no new carts.

    Raises ChannelNotFound, InvalidChannel, InvalidChannelSettings, StaleVersion.
    """
    given = {"name": name, "is_trusted": is_trusted, "is_active": is_active, "settings": settings}
    wanted = {key: value for key, value in given.items() if value is not UNSET}
    with transaction.atomic():
        row: Channel | None = Channel.objects.select_for_update().filter(pk=channel.pk).first()
        if row is None:
            raise ChannelNotFound
        before = {key: getattr(row, key) for key in wanted if getattr(row, key) != wanted[key]}
        if expected_version is not None and row.version != expected_version:
            raise StaleVersion(errors=changed_meanwhile(before))
        if not before:
            return row
        for key in before:
            setattr(row, key, wanted[key])
        _check(row.code, row.name, row.settings)
        row.version += 1
        row.save(update_fields=[*before, "version"])
        audit.record(
            subject=row.subject,
            action="channel.update",
            before=before,
            after={key: wanted[key] for key in before},
        )
    return row


def _check(code: str, name: str, settings: Any) -> None:
    try:
        channel_code(code)
    except ValidationError as error:
        raise InvalidChannel from error
    if not name.strip() or len(code) > 64 or len(name) > 200:
        raise InvalidChannel
    if not _is_storable(settings):
        raise InvalidChannelSettings


def _is_storable(settings: Any) -> bool:
    """Whether both databases take it: an object of JSON without NaN and without NUL."""
    if not isinstance(settings, Mapping):
        return False
    try:
        return "\\u0000" not in json.dumps(settings, allow_nan=False)
    except (TypeError, ValueError):
        return False
