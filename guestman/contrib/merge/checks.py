"""A reference to a customer that merges do not know fails ``manage.py check``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.db.models import Model

from guestman.contrib.merge.conf import MergeSettings, conf
from guestman.models import Customer
from guestman.services import merging
from shopman import subjects


def connect() -> None:
    """Register the check; called when the app is ready."""
    register(references_have_rules)
    register(settings_check)


def references_have_rules(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """Every foreign key to Customer has a merge rule, every ``customer_uuid`` column an owner."""
    return list(_complaints(apps.get_models()))


def settings_check(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """The cap of a day is no negative number."""
    if MergeSettings.check() or conf.AUTOMATIC_PER_DAY >= 0:
        return []  # Wrong types and unknown keys are reported there.
    return [
        Error(
            f'{MergeSettings.namespace}["AUTOMATIC_PER_DAY"] must not be negative.',
            hint="docs/reference/settings.md describes it.",
            id="guestman_merge.E004",
        )
    ]


def _complaints(models: list[type[Model]]) -> Iterator[Error]:
    known = {(each.model, each.column) for each in merging.belongings()}
    named = {model for subject in subjects.registered() for model in subject.models}
    named |= {each.model for each in subjects.personal()} | set(subjects.impersonal())
    for model in models:
        for field in model._meta.concrete_fields:
            if field.related_model is Customer and (model, field.name) not in known:
                yield Error(
                    f"{model._meta.label}.{field.name} refers to a customer and has no merge rule.",
                    hint="Call merging.register(Belonging(model=...)) in ready() of its app.",
                    id="guestman_merge.E001",
                )
            if field.name == "customer_uuid" and model not in named:
                yield Error(
                    f"{model._meta.label}.customer_uuid names a customer, and no app says so.",
                    hint="Call shopman.subjects.register(Subject(...)) in ready() of its app.",
                    id="guestman_merge.E002",
                )
        for relation in model._meta.local_many_to_many:
            through: Any = relation.remote_field.through
            if relation.related_model is Customer and through._meta.auto_created:
                yield Error(
                    f"{model._meta.label}.{relation.name} has customers without a merge rule.",
                    hint="Make the table between them a model, and register that one.",
                    id="guestman_merge.E003",
                )
