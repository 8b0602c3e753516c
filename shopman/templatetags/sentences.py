"""Labels as in a sentence, where the theme writes Each Word Large."""

from __future__ import annotations

import re
from typing import Final

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_LABEL: Final = re.compile(r'(?<= data-label=")\w')


@register.filter
def sentence_labels(markup: SafeString) -> SafeString:
    """The cells of a list, whose names on narrow screens begin with a capital."""
    return mark_safe(_LABEL.sub(lambda found: found[0].upper(), markup))  # noqa: S308 (as it was)
