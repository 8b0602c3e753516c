"""System checks of privacy: models with personal columns say how those are told and erased."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import models

from guestman.conf import conf
from guestman.contrib.privacy.errors import SuppressionKeysMissing
from guestman.contrib.privacy.service import suppression
from guestman.models import Customer
from shopman import subjects
from shopman.conf import conf as kernel

#: Parts of a column's name that speak of people.
_PERSONAL = re.compile(
    r"(^|_)(first_name|last_name|full_name|guest|name_key|email|phone|whatsapp|document|birth"
    r"|street|district|postal|latitude|longitude|place|gender|customer|identifier|match_key"
    r"|value|canonical|masked|device|ip|address|recipient|instructions|notes?|username)(_|$)"
)
#: Columns of these kinds hold whatever somebody writes.
_FREE = (models.JSONField, models.TextField, models.BinaryField)
#: Names that look like it and count something.
_HARMLESS = re.compile(r"_(at|on|count|counts|amount|days|minutes|seconds|digest|score)$|^is_")


def connect() -> None:
    """Register the checks; called when the app is ready."""
    register(models_say_what_is_personal)
    register(settings_make_sense)
    register(backups_cannot_undo_erasures, Tags.security, deploy=True)


def models_say_what_is_personal(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """A model with columns that look personal has an entry in ``shopman.subjects``."""
    return [
        Error(
            f"{model._meta.label} has columns that look personal and no entry says how they are"
            f" exported and erased: {', '.join(columns)}.",
            hint="Register a Subject (shopman.subjects) with a Personal that lists them, or name"
            " the model in its `impersonal` with the reason.",
            obj=model,
            id="guestman_privacy.E001",
        )
        for model, columns in missing()
    ]


def missing() -> Iterator[tuple[type[models.Model], list[str]]]:
    """Models, and their columns that look personal and are in no entry."""
    said: dict[type[models.Model], set[str]] = {}
    for each in subjects.personal():
        said.setdefault(each.model, set()).update(each.columns)
    harmless = subjects.impersonal()
    for model in apps.get_models():
        if model in harmless or model._meta.proxy:
            continue
        columns = sorted(set(looking_personal(model)) - said.get(model, set()))
        if columns:
            yield model, columns


def looking_personal(model: type[models.Model]) -> Iterator[str]:
    """Names of the columns of a model that may say something about a person."""
    for field in model._meta.concrete_fields:
        if field.is_relation:
            if field.related_model is Customer:
                yield field.name
        elif isinstance(field, _FREE) or (
            _PERSONAL.search(field.name) and not _HARMLESS.search(field.name)
        ):
            yield field.name


def settings_make_sense(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """Retention names entries there are; the keys of suppression can be used."""
    messages: list[CheckMessage] = []
    known = {each.key for each in subjects.personal() if each.expiry}
    for key, days in kernel.RETENTION_DAYS.items():
        if key not in known:
            messages.append(
                Error(
                    f'SHOPMAN["RETENTION_DAYS"] names {key!r}, which has no retention.',
                    hint=f"Known: {', '.join(sorted(known))}.",
                    id="guestman_privacy.E002",
                )
            )
        elif type(days) is not int or days < 0:
            messages.append(
                Error(
                    f'SHOPMAN["RETENTION_DAYS"][{key!r}] must be a number of days.',
                    id="guestman_privacy.E003",
                )
            )
    try:
        suppression.ring()
    except SuppressionKeysMissing as problem:
        messages.append(
            Error(
                f'GUESTMAN["SUPPRESSION_KEYS"] cannot be used: {problem.detail}',
                hint="They are id:base64 strings; python3 dev.py setup makes them for a clone.",
                id="guestman_privacy.E004",
            )
        )
    return messages


def backups_cannot_undo_erasures(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """Without a ledger a restored backup brings erased people back."""
    if conf.ERASURE_LEDGER:
        return []
    return [
        checks.Warning(
            'GUESTMAN["ERASURE_LEDGER"] is empty: a backup would bring erased people back.',
            hint="Name a file that backups of the database do not replace.",
            id="guestman_privacy.W001",
        )
    ]
