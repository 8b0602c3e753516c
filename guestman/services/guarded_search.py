"""Search for a reader who may not see contacts.

Names and codes are found by their parts as always. A phone number, e-mail address or document is
found in full only: whoever could ask for parts of one would read it digit by digit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import reduce
from operator import and_, or_

from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Concat, Left, StrIndex
from django.db.models.lookups import Contains

from guestman.models import ContactPoint
from guestman.rules import searching
from guestman.rules.contacts import contact_form
from shopman import tenancy
from shopman.errors import Invalid

#: Nothing shorter is a whole document: parts must not be found.
SHORTEST_DOCUMENT = 5

_PUNCTUATION = re.compile(r"[\s./\-]")
_END = Value("\n", output_field=TextField())
#: ``rules.searching.search_text`` puts the name on the first line, or the code where there is none.
_NAME = Left(
    F("search_text"), StrIndex(Concat("search_text", _END, output_field=TextField()), _END) - 1
)


def matches(text: str) -> Q | None:
    """The condition a search text stands for; None matches nothing."""
    query = searching.read(text, tenancy.current().default_region)
    if query is None:
        return None
    words = reduce(and_, (_named(spellings) for spellings in query.words))
    return reduce(or_, _whole(text.strip()), words)


def _named(spellings: Sequence[str]) -> Q:
    # The first look is the one an index answers; the second one decides.
    return reduce(
        or_,
        (
            Q(search_text__contains=each) & (Q(Contains(_NAME, each)) | Q(code__icontains=each))
            for each in spellings
        ),
    )


def _whole(text: str) -> Iterator[Q]:
    region = tenancy.current().default_region
    for kind in ("phone", "email"):
        with suppress(Invalid):
            form = contact_form(kind, text, region)
            holders = ContactPoint.objects.live().filter(family=form.family)
            same = Q(match_key=form.match_key) | Q(variant_key=form.variant_key)
            yield Q(pk__in=holders.filter(same).values("customer"))
    compact = _PUNCTUATION.sub("", text).upper()
    if len(compact) >= SHORTEST_DOCUMENT:
        yield Q(document=compact)
