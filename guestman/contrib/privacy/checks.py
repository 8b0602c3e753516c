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

#: What speaks of people, wherever it stands in a column's name, in English, Portuguese and Spanish.
_PERSONAL = re.compile(
    r"phone|telefon|celular|mobile|whats?app|e?_?mail(?!ing)|correo|instagram|facebook|telegram"
    r"|cpf|cnpj|passport|passaporte|pasaporte|birth|nascimento|nacimiento|gender|genero|sexo"
    r"|first_?name|last_?name|full_?name|sur_?name|maiden|nick_?name|sobrenome|apellido"
    r"|address(?!ed)|endereco|direccion|street|postal|postcode|zip_?code|latitude|longitude"
    r"|recipient|destinat|customer|client[ea]?(_|$)|guest|person(?!al)|pessoa|persona"
    r"|user_?agent|fingerprint|signature|assinatura|firma"
)
#: The same, where it is a whole word of the name.
_PERSONAL_WORDS = re.compile(
    r"(^|_)(name_key|nome|nombre|document|documento|identidade|identity|district|bairro|barrio|rua"
    r"|calle|cep|place|dob|ssn|rg|dni|nif|nie|iban|pix|contact|contato|contacto|identifier"
    r"|match_key|value|canonical|masked|device|ip|instructions|notes?|obs|username|login|age|idade"
    r"|holder|owner|author|payer|sender|buyer|receiver|kin)(_|$)"
)
#: Columns of these kinds hold whatever somebody writes, or puts there.
_FREE = (models.JSONField, models.TextField, models.BinaryField, models.FileField)
#: The same by name: fields of PostgreSQL, which need not be installed.
_FREE_KINDS = frozenset({"ArrayField", "HStoreField"})
#: Names that look like it and count or point at something.
_HARMLESS = re.compile(r"_(at|on|count|counts|amount|days|minutes|seconds|digest|score)$|^is_")
#: Kinds that hold nothing but a number, a moment or a yes.
_NUMBERS = (
    models.BooleanField, models.DateTimeField, models.DurationField, models.TimeField,
)  # fmt: skip


def connect() -> None:
    """Register the checks; called when the app is ready."""
    register(models_say_what_is_personal)
    register(settings_make_sense)
    register(everything_is_kept_for_a_time)
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
    for field in (*model._meta.concrete_fields, *_hidden_tables(model)):
        if field.is_relation:
            if field.related_model is not None and issubclass(field.related_model, Customer):
                yield field.name
        elif _looks_personal(field):
            yield field.name


def _hidden_tables(model: type[models.Model]) -> Iterator[models.ManyToManyField[Any, Any]]:
    """Relations whose rows are in a table that has no model of its own to say anything."""
    for field in model._meta.local_many_to_many:
        through = field.remote_field.through
        if through is not None and through._meta.auto_created:
            yield field


def _looks_personal(field: models.Field[Any, Any]) -> bool:
    if isinstance(field, _FREE) or field.get_internal_type() in _FREE_KINDS:
        return True
    if isinstance(field, _NUMBERS) or _HARMLESS.search(field.name):
        return False
    if isinstance(field, models.GenericIPAddressField | models.EmailField):
        return True
    return bool(_PERSONAL.search(field.name) or _PERSONAL_WORDS.search(field.name))


def everything_is_kept_for_a_time(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """Every entry says when its rows go, or why they stay."""
    return [
        Error(
            f"{each.key} says neither when its rows go nor why they are kept.",
            hint="Give it an `expiry`, or say in `kept` for how long, and why.",
            id="guestman_privacy.E005",
        )
        for each in subjects.personal()
        if each.expiry is None and not each.kept
    ]


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
