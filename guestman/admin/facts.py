"""What guestman says at the head of a customer's page. Others register theirs beside it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from guestman.models import Customer
from guestman.services import lookup
from shopman import clock, panels
from shopman.panels import Fact, Said, Text

#: The page of a customer, for ``shopman.panels``.
CUSTOMER_PAGE: Final = "guestman.customer"

_WHY_NO_LIST: Final[dict[str, Text]] = {
    "unknown_customer": gettext_lazy("The customer is not known."),
    "inactive_customer": gettext_lazy("The customer is inactive."),
    "no_group": gettext_lazy("The customer is in no group."),
    "group_without_price_list": gettext_lazy("The group has no price list."),
}


def _since(request: HttpRequest, customer: Customer) -> Said:
    day = timezone.localtime(customer.created_at).date()
    now = clock.now()
    if (now - customer.created_at).days < 1:
        return Said(text=date_format(day, "DATE_FORMAT"), note=_("today"))
    ago = timesince(customer.created_at, now, depth=1)
    return Said(text=date_format(day, "DATE_FORMAT"), note=_("%(time)s ago") % {"time": ago})


def _group(request: HttpRequest, customer: Customer) -> Said:
    group = customer.group
    if group is None:
        return Said(text=_("None"))
    page = reverse("admin:guestman_customergroup_change", args=[group.pk])
    return Said(text=group.name, href=page)


def _price_list(request: HttpRequest, customer: Customer) -> Said:
    code, reason = lookup.price_list_of(customer)
    if code is None:
        return Said(text=_("Ordinary prices"), note=_WHY_NO_LIST[reason])
    owner = lookup.survivor(customer)
    return Said(text=code, note=_("by the group %(group)s") % {"group": owner.group})


def _keys(customer: Customer) -> Collection[UUID]:
    merged = Customer.objects.filter(merged_into=customer).order_by("uuid")
    return (customer.pk, *merged.values_list("uuid", flat=True))


panels.register_keys(CUSTOMER_PAGE, _keys)
for _position, (_name, _label, _value) in enumerate(
    (
        ("since", pgettext_lazy("fact", "Customer since"), _since),
        ("group", pgettext_lazy("fact", "Group"), _group),
        ("price_list", pgettext_lazy("fact", "Price list"), _price_list),
    )
):
    panels.register_fact(
        CUSTOMER_PAGE,
        # Since when comes first; the group and its prices after what others know of value.
        Fact(key=_name, label=_label, value=_value, position=10 + 40 * _position),
    )
