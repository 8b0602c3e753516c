"""Evidence in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from guestman.contrib.duplicates.rules.scoring import Evidence

FEATURES: Mapping[str, Promise] = {
    "given_name": _("first name"),
    "family_name": _("last name"),
    "names_swapped": _("first and last name in each other's place"),
    "birth_date": _("birth date"),
    "email": _("e-mail"),
    "phone": _("phone"),
    "document": _("document"),
    "line": _("street or district"),
    "number": _("house number"),
    "city": _("city"),
    "region": _("state or region"),
    "postal_code": _("postal code"),
    "address": _("parts of one address count together"),
    "household": _("people who live together share this"),
    "name_alone": _("a name alone says little"),
    "crowd": _("among so many customers, strangers have things in common"),
    "generation": _("a word like Filho, Neto or Jr."),
}
LEVELS: Mapping[str, Promise] = {
    "exact": _("the same"),
    "near": _("a letter or two apart"),
    "similar": _("similar"),
    "different": _("different"),
    "part": _("the same, one has a second one"),
    "other_name": _("the same as the other's second one"),
    "left_out": _("only one has it"),
    "slip": _("one slip apart"),
    "two_parts": _("two of day, month and year agree"),
    "two_slips": _("two digits apart"),
    "same_season": _("the same year, a month apart"),
}


def sentence(evidence: Evidence) -> str:
    """``First name: the same (+9.2)``. Bits: each one doubles or halves the odds."""
    weight = f"{evidence.weight:+.1f}".replace("-", "−")
    feature = capfirst(str(FEATURES[evidence.feature]))
    level = LEVELS.get(evidence.level)
    if level is None:
        return translate("%(fact)s (%(weight)s)") % {"fact": feature, "weight": weight}
    return translate("%(feature)s: %(level)s (%(weight)s)") % {
        "feature": feature,
        "level": level,
        "weight": weight,
    }


SUSPICIONS: Mapping[str, Promise] = {
    "same_phone": _("A phone of one was given for the other"),
    "same_email": _("An e-mail address of one was given for the other"),
    "claimed_together": _("Somebody gave contacts of both at once"),
    "same_contact_other_name": _("The same contact was given with another name"),
    "proved_by_another": _("One proved to have what the other was said to have"),
    "similar_contact": _("Another spelling of the same number or mailbox"),
}


def sentences(
    evidence: Sequence[Mapping[str, Any]], suspicions: Mapping[str, Mapping[str, Any]]
) -> list[str]:
    """What is stored with a pair in words, the strongest first, then what others suspect.

    The parts of an address are one sentence, because they count together.
    """
    found = [Evidence(**each) for each in evidence]
    told = [(each.weight, sentence(each)) for each in found if each.feature not in _ADDRESS]
    places = [each.weight for each in found if each.feature in _ADDRESS]
    if places:
        told.append((sum(places), _weighed(capfirst(translate("address")), sum(places))))
    return [
        *(
            text
            for weight, text in sorted(told, key=lambda each: -abs(each[0]))
            if round(weight, 2)
        ),
        *(_suspected(reason, suspicions[reason]) for reason in sorted(suspicions)),
    ]


def _suspected(reason: str, evidence: Mapping[str, Any]) -> str:
    """``The same contact was given with another name: +55•••8888``; values are masked."""
    fact = str(SUSPICIONS.get(reason, reason.replace("_", " ").capitalize()))
    values = ", ".join(evidence.get("claims", {}).values())
    return translate("%(fact)s: %(values)s") % {"fact": fact, "values": values} if values else fact


def strongest(evidence: Sequence[Mapping[str, Any]], limit: int = 3) -> list[str]:
    """Names of what speaks most for one person."""
    weights: dict[str, float] = {}
    for each in evidence:
        name = (
            translate("address") if each["feature"] in _ADDRESS else str(FEATURES[each["feature"]])
        )
        weights[name] = weights.get(name, 0.0) + each["weight"]
    speaking = [name for name, weight in weights.items() if weight > 0]
    return sorted(speaking, key=lambda name: -weights[name])[:limit]


def _weighed(fact: str, weight: float) -> str:
    number = f"{weight:+.1f}".replace("-", "−")
    return translate("%(fact)s (%(weight)s)") % {"fact": fact, "weight": number}


_ADDRESS = {"line", "number", "city", "region", "postal_code", "address"}
