"""What staff read of things that belong to no app of the suite."""

from __future__ import annotations

from typing import Final

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from shopman import trail_words

_LISTS: Final = {
    "auth.User": (_("user account"), _("user accounts")),
    "auth.Group": (_("user group"), _("user groups")),
}


def give() -> None:
    """Name Django's own lists as the menu does, and the command that makes the demo."""
    for label, (one, many) in _LISTS.items():
        meta = apps.get_model(label)._meta
        # Only what is shown: migrations read what the model was made with.
        meta.verbose_name, meta.verbose_name_plural = one, many
    trail_words.name_commands({"seed_demo": _("the demo")})
