"""What merges do, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

FIELDS: Final[Mapping[str, Promise]] = {
    "name": _("name"),
    "document": _("document"),
    "birth_date": _("birth date"),
    "group": _("group"),
    "locale": _("language"),
    "assigned_to": _("assigned to"),
    "source": _("source"),
    "notes": _("notes"),
    "metadata": _("further details"),
}
REASONS: Final[Mapping[str, Promise]] = {
    "same": _("Both say the same."),
    "empty": _("Neither says anything."),
    "only": _("Only this one says something."),
    "staff": _("Staff wrote it."),
    "signed_in": _("The customer wrote it, signed in."),
    "trusted": _("It came from a trusted channel."),
    "latest": _("It was written later."),
    "fuller": _("It is the fuller one."),
    "kept": _("Neither is better founded: the kept record's stays."),
    "joined": _("Both are kept."),
}
CLASHES: Final[Mapping[str, Promise]] = {
    "parked": _("Both have it: the kept record's stays, the other is set aside."),
    "replaces": _("Both have it: this one is better proved and takes the place."),
    "enriches": _("Both have it: the kept record's becomes as well proved as this one."),
    "yields": _("It comes along, no longer as the first choice."),
}


def rows(model: type[Model]) -> str:
    """What rows of a model are called."""
    return str(capfirst(model._meta.verbose_name_plural or ""))
