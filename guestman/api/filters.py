"""How staff narrow the lists."""

from __future__ import annotations

import re

from django_filters import rest_framework as filters

from guestman.models import ContactPoint, Customer, CustomerAddress, CustomerQuerySet
from guestman.rules.contacts import contact_form
from guestman.services.search import matches
from shopman import tenancy
from shopman.api.filters import FilterSet, InvalidFilter
from shopman.errors import FieldError, Invalid

_PUNCTUATION = re.compile(r"[\s./\-]")


class CustomerFilter(FilterSet):
    organization = filters.UUIDFilter("organization_id")
    status = filters.ChoiceFilter(choices=Customer.Status.choices)
    customer_type = filters.ChoiceFilter(choices=Customer.Type.choices)
    group = filters.CharFilter("group__code")
    assigned_to = filters.NumberFilter("assigned_to_id", help_text="Id of a member of staff.")
    source = filters.CharFilter()
    is_active = filters.BooleanFilter()
    code = filters.CharFilter()
    phone = filters.CharFilter(
        method="with_contact",
        help_text="Who holds this phone number, in any spelling, verified or not.",
    )
    email = filters.CharFilter(
        method="with_contact", help_text="Who holds this e-mail address, verified or not."
    )
    document = filters.CharFilter(method="with_document", help_text="With or without punctuation.")
    q = filters.CharFilter(
        method="matching",
        help_text="Names, code, document, phone or e-mail; case and accents do not matter.",
    )
    created_at = filters.IsoDateTimeFromToRangeFilter()
    updated_at = filters.IsoDateTimeFromToRangeFilter()

    def with_contact(self, rows: CustomerQuerySet, name: str, value: str) -> CustomerQuerySet:
        """Who holds this phone or e-mail, in any spelling, verified or not."""
        try:
            form = contact_form(name, value, tenancy.current().default_region)
        except Invalid as error:
            found = FieldError(field=name, code=error.code, message=error.detail)
            raise InvalidFilter(errors=[found]) from error
        return rows.with_contact(form.family, form.match_key)

    def with_document(self, rows: CustomerQuerySet, name: str, value: str) -> CustomerQuerySet:
        """Who has this document, with or without punctuation."""
        return rows.filter(document=_PUNCTUATION.sub("", value).upper())

    def matching(self, rows: CustomerQuerySet, name: str, value: str) -> CustomerQuerySet:
        """As staff search: names, code, document, phone and e-mail."""
        condition = matches(value)
        return rows.none() if condition is None else rows.filter(condition)


class ContactPointFilter(FilterSet):
    kind = filters.ChoiceFilter(choices=ContactPoint.Kind.choices)
    evidence = filters.ChoiceFilter(
        choices=ContactPoint.Evidence.choices,
        help_text="V: possession proved. A: asserted. U: not trusted.",
    )
    released = filters.BooleanFilter(
        "released_at", lookup_expr="isnull", exclude=True, help_text="Whether it was released."
    )


class AddressFilter(FilterSet):
    purpose = filters.ChoiceFilter(
        choices=CustomerAddress.Purpose.choices, help_text="What the address is for."
    )
    is_default = filters.BooleanFilter(
        help_text="Whether it is the one that is used, of its purpose."
    )


class IdentityFilter(FilterSet):
    provider = filters.CharFilter()
    is_active = filters.BooleanFilter()


class CustomerGroupFilter(FilterSet):
    code = filters.CharFilter()
    is_default = filters.BooleanFilter(help_text="Whether new customers join it.")


class AuditFilter(FilterSet):
    action = filters.CharFilter(help_text="What was done, such as customer.update.")
    at = filters.IsoDateTimeFromToRangeFilter()
