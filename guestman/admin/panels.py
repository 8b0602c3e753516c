"""The panels guestman itself shows on a customer's page. Others register theirs beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guestman.admin import trail, verifications
from guestman.admin.facts import CUSTOMER_PAGE
from guestman.models import ContactPoint, Customer, CustomerAddress, ExternalIdentity
from shopman import audit_trail, masking, panels, trail_words
from shopman.contact import readable
from shopman.panels import Panel
from shopman.tenancy import staff

__all__ = ["CUSTOMER_PAGE"]

#: Rows of one panel; more are a click away.
SHOWN: Final = 50
#: Changes shown on the page; the history has the rest.
SHOWN_CHANGES: Final = 5


def _may_write(request: HttpRequest, customer: Customer) -> bool:
    access = staff.access(request)
    is_open = customer.is_active and customer.merged_into_id is None
    return access is not None and access.may_write and is_open


def _contacts(request: HttpRequest, customer: Customer) -> Mapping[str, Any]:
    rows = ContactPoint.objects.filter(customer=customer).order_by("created_at", "uuid")[:SHOWN]
    kinds = ContactPoint.Kind.values
    # What is in use first, what was released last.
    ordered = sorted(
        rows,
        key=lambda row: (row.released_at is not None, not row.is_primary, kinds.index(row.kind)),
    )
    history = verifications.of([row.pk for row in ordered], customer=customer.pk)
    told = [
        (
            row,
            readable(masking.contact(row.canonical, customer=customer.pk)),
            history.get(row.pk, ()),
        )
        for row in ordered
    ]
    return {
        "live": [each for each in told if each[0].released_at is None],
        "released": [each for each in told if each[0].released_at is not None],
        "may_write": _may_write(request, customer),
    }


def _addresses(request: HttpRequest, customer: Customer) -> Mapping[str, Any]:
    rows = CustomerAddress.objects.live().filter(customer=customer)
    ordered = list(rows.order_by("-purpose", "-is_default", "created_at", "uuid")[:SHOWN])
    for row in ordered:
        row.label = masking.text(row.label, customer=customer.pk)
        row.instructions = masking.text(row.instructions, customer=customer.pk)
    return {"rows": ordered, "may_write": _may_write(request, customer)}


def _notes(request: HttpRequest, customer: Customer) -> Mapping[str, Any] | None:
    return {} if customer.notes else None


def _identities(request: HttpRequest, customer: Customer) -> Mapping[str, Any]:
    rows = ExternalIdentity.objects.filter(customer=customer).order_by("-is_active", "created_at")
    shown = [(row, masking.contact(row.subject, customer=customer.pk)) for row in rows[:SHOWN]]
    return {"rows": shown, "may_write": _may_write(request, customer)}


def _details(request: HttpRequest, customer: Customer) -> Mapping[str, Any]:
    """What the form edits and the rest of the page does not say."""
    made, changed = (
        date_format(timezone.localtime(each), "SHORT_DATETIME_FORMAT")
        for each in (customer.created_at, customer.updated_at)
    )
    born = customer.birth_date
    told = (
        (_("Document"), customer.document),
        (_("Birth date"), date_format(born, "DATE_FORMAT") if born else ""),
        (_("Language"), customer.locale),
        (_("Assigned to"), customer.assigned_to),
        (_("Organization"), customer.organization),
        (_("Source"), trail.source(customer.source)),
        (
            _("Made"),
            _("%(when)s by %(by)s")
            % {"when": made, "by": trail_words.someone(customer.created_by) or "–"},
        ),
        (_("Changed"), changed),
        *((name.replace("_", " "), _plain(value)) for name, value in customer.metadata.items()),
    )
    return {"rows": [(label, value) for label, value in told if value]}


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _changes(request: HttpRequest, customer: Customer) -> Mapping[str, Any]:
    return {"entries": audit_trail.of(customer.subject, limit=SHOWN_CHANGES)}


_TEMPLATES: Final = "guestman/admin/{}.html"

for _panel in (
    Panel(
        key="contacts",
        title=gettext_lazy("Contacts"),
        template=_TEMPLATES.format("contacts"),
        facts=_contacts,
        position=10,
        column="side",
    ),
    Panel(
        key="addresses",
        title=gettext_lazy("Addresses"),
        template=_TEMPLATES.format("addresses"),
        facts=_addresses,
        position=20,
        column="side",
    ),
    Panel(
        key="notes",
        title=gettext_lazy("Notes"),
        template=_TEMPLATES.format("notes"),
        facts=_notes,
        position=25,
        column="side",
    ),
    Panel(
        key="identities",
        title=gettext_lazy("Accounts elsewhere"),
        template=_TEMPLATES.format("identities"),
        facts=_identities,
        position=80,
    ),
    Panel(
        key="details",
        title=gettext_lazy("Details"),
        template=_TEMPLATES.format("details"),
        facts=_details,
        position=85,
    ),
    Panel(
        key="audit",
        title=gettext_lazy("Latest changes"),
        template=_TEMPLATES.format("changes"),
        facts=_changes,
        position=90,
    ),
):
    panels.register(CUSTOMER_PAGE, _panel)
