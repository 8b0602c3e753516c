"""Widgets of the admin's forms."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect

from shopman import trail_words


class KeySelect(AutocompleteSelect):
    """Looks up the chosen row again only by what is a key: the form says what is wrong with it."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        keys = [each for each in value if trail_words.is_key(str(each))]
        return super().optgroups(name, keys, attr)
