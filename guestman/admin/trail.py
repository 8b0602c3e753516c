"""What the audit trail and the outbox say of customers and groups, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import models
from django.utils.translation import gettext_lazy as _

from guestman.models import ContactPoint, Customer, CustomerAddress, CustomerGroup, ExternalIdentity
from guestman.models.contact_point import Method
from shopman import masking, trail_words
from shopman.contact import readable
from shopman.models import AuditEntry, Organization
from shopman.trail_words import Kind, Words

#: Fields that name a row of another table, and what of it people read.
_NAMED: Final[Mapping[str, tuple[type[models.Model], str]]] = {
    "group": (CustomerGroup, "name"),
    "organization": (Organization, "name"),
}
_RELATED: Final[Mapping[str, type[models.Model]]] = {
    "contact_points": ContactPoint,
    "addresses": CustomerAddress,
    "external_identities": ExternalIdentity,
}
_MODELS: Final = (ExternalIdentity, CustomerAddress, ContactPoint, Customer)

_ACTIONS: Final = {
    "customer.create": _("Customer made"),
    "customer.update": _("Details changed"),
    "customer.deactivate": _("Deactivated"),
    "customer.reactivate": _("Reactivated"),
    "customer.merge": _("Another record came in"),
    "customer.merge_away": _("Merged into another record"),
    "customer.unmerge": _("A merge was taken back"),
    "customer.unmerge_back": _("A record of its own again"),
    "contacts.reveal": _("Contacts shown"),
    "contact_point.add": _("Contact added"),
    "contact_point.verify": _("Contact verified"),
    "contact_point.make_primary": _("Primary contact changed"),
    "contact_point.change_phone": _("Phone changed"),
    "contact_point.release": _("Contact released"),
    "contact_point.remove": _("Contact removed"),
    "contact_point.share": _("Contact marked as shared"),
    "contact_point.supersede": _("Contact proved by another customer"),
    "external_identity.link": _("Account linked"),
    "external_identity.update": _("Account details changed"),
    "external_identity.unlink": _("Account unlinked"),
    "address.add": _("Address added"),
    "address.update": _("Address changed"),
    "address.set_default": _("Default address changed"),
    "address.remove": _("Address removed"),
}
_GROUP_ACTIONS: Final = {
    "group.create": _("Group made"),
    "group.update": _("Group changed"),
    "group.set_default": _("Default group changed"),
}
_EVENTS: Final = {
    "guestman.customer_created": _("A customer was made"),
    "guestman.customer_updated": _("A customer's details changed"),
    "guestman.customer_deactivated": _("A customer was deactivated"),
    "guestman.customer_reactivated": _("A customer was reactivated"),
    "guestman.customers_merged": _("Two records of a customer became one"),
    "guestman.customers_unmerged": _("A merge of customers was taken back"),
    "guestman.contact_point_verified": _("A contact was verified"),
    "guestman.contact_point_released": _("A contact was released"),
    "guestman.stale_contact_proved": _("A contact was proved after a long time"),
}
#: How contacts came here and were proved; the codes are those of logins and services.
_SOURCES: Final = {
    **{str(value): text for value, text in Method.choices},
    "change_phone": _("Change of phone"),
    "login": _("Login"),
    "staff": _("Staff"),
    "checkout": _("Checkout"),
}
_WORDS: Final = Words(
    fields={
        **trail_words.fields(*_MODELS),
        "contact_points": _("contact"),
        "addresses": _("address"),
        "external_identities": _("account"),
        "is_shared": _("shared"),
        "is_primary": _("primary"),
        "until": _("until"),
        "merged": _("merged record"),
        "unmerged": _("separated record"),
    },
    values={**trail_words.choices(*_MODELS), "source": _SOURCES},
    writers={"phone": readable, "value": readable},
    # The status says whether one is active, the method how far a contact is verified.
    hidden=frozenset(
        {
            *("version", "is_active", "last_seen_at", "verified_at", "evidence"),
            *("document_kind", "document_country", "place_id", "latitude", "longitude"),
        }
    ),
)


def source(code: str) -> str:
    """Where a customer or a contact came from; a shop's own names are read as they are."""
    kind, _colon, name = code.partition(":")
    if kind == "import" and name:
        return str(_("import of %(name)s")) % {"name": name}
    return str(_SOURCES.get(code, code))


def _referring(words: Words, rows: Sequence[AuditEntry]) -> Words:
    """One query for each kind of row that is named in the entries."""
    return replace(words, values={**words.values, **_referred(rows)}, rows=_related(rows))


def _referred(rows: Sequence[AuditEntry]) -> dict[str, dict[str, str]]:
    """What the rows are called that fields refer to, by field and key."""
    found = {}
    for field, (model, name) in _NAMED.items():
        keys = {UUID(key) for key in _values(rows, field)}
        if keys:
            pairs = model._default_manager.filter(pk__in=keys).values_list("pk", name)
            found[field] = {str(key): text for key, text in pairs}
    users = set(_values(rows, "assigned_to"))
    if users:
        model = get_user_model()
        staff = model._default_manager.filter(pk__in=users)
        pairs = staff.values_list("pk", model.USERNAME_FIELD)
        found["assigned_to"] = {str(key): text for key, text in pairs}
    return found


def _related(rows: Sequence[AuditEntry]) -> dict[str, str]:
    """What a customer's contacts, addresses and accounts are called, by key."""
    found: dict[str, str] = {}
    for field, model in _RELATED.items():
        keys = {
            key
            for row in rows
            for side in (row.before, row.after)
            for key in side.get(field) or ()
            if row.before.get(field)
        }
        if keys:
            found |= {
                str(each.pk): _called(each) for each in model._default_manager.filter(pk__in=keys)
            }
    return found


def _called(row: Any) -> str:
    if isinstance(row, ContactPoint):
        shown = masking.contact(row.canonical, customer=row.customer_id)
        return f"{row.get_kind_display()} {readable(shown)}"
    if isinstance(row, ExternalIdentity):
        return f"{row.provider} {masking.contact(row.subject, customer=row.customer_id)}"
    return str(row)


def _values(rows: Iterable[AuditEntry], field: str) -> Iterator[str]:
    for row in rows:
        for side in (row.before, row.after):
            if side.get(field):
                yield str(side[field])


trail_words.name_kind(
    "customer",
    Kind(
        called=_("customer"),
        page="guestman_customer_change",
        words=_WORDS,
        names=trail_words.named(Customer),
        referring=_referring,
    ),
)
trail_words.name_kind(
    "customer_group",
    Kind(
        called=_("customer group"),
        page="guestman_customergroup_change",
        words=Words(fields=trail_words.fields(CustomerGroup)),
        names=trail_words.named(CustomerGroup),
    ),
)
trail_words.name_actions({**_ACTIONS, **_GROUP_ACTIONS})
trail_words.name_events(_EVENTS)
