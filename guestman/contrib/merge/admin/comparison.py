"""Two records side by side, and the merge of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from guestman.contrib.merge.admin import words
from guestman.contrib.merge.errors import InvalidPreview
from guestman.contrib.merge.models import Merge, MergeMove
from guestman.contrib.merge.service import MergePreview, execute, preview, suggest
from guestman.contrib.merge.service.fields import FieldChoice
from guestman.contrib.merge.service.plan import Plan
from guestman.contrib.merge.service.preview import keys_of
from guestman.models import ContactPoint, Customer
from guestman.services.ports import order_history
from shopman import masking
from shopman.admin.acts import blame, dress
from shopman.contact import readable
from shopman.errors import Failure
from shopman.tenancy import staff
from shopman.tenancy.rights import Right

TEMPLATE = "guestman_merge/admin/compare.html"
#: Clashes that are told one by one.
SHOWN = 20


class MergeForm(forms.Form):
    """What it takes to merge: the preview that was looked at, and why."""

    digest = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        help_text=_("How you know that both are one person. Kept in the history of both."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            dress(field)


def address(one: Customer, other: Customer) -> str:
    """The page that compares two customers."""
    return reverse("admin:guestman_merge_merge_compare", args=[one.pk, other.pk])


def page(request: HttpRequest, one: UUID, other: UUID, context: dict[str, Any]) -> HttpResponse:
    """Shows both records and what merging them would do; merges when the form is sent."""
    if not staff.may(request, Right.MERGE):
        raise PermissionDenied
    survivor, duplicate = _chosen(request, _pair(request, one, other))
    form = MergeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            merge = _merge(form, {one, other})
        except Failure as failure:
            blame(form, failure)
        else:
            messages.success(request, translate("The records are one now."))
            done = reverse("admin:guestman_customer_change", args=[merge.survivor_id])
            return HttpResponseRedirect(done)
    shown = {
        **context,
        "title": translate("Compare and merge"),
        "survivor": survivor,
        "duplicate": duplicate,
        "cards": [_card(each) for each in sorted((survivor, duplicate), key=lambda row: row.pk)],
        "form": form,
        "back": reverse("admin:guestman_customer_change", args=[one]),
    }
    try:
        found = preview(survivor=survivor, duplicate=duplicate)
    except Failure as failure:
        shown["refusal"] = failure.detail
    else:
        shown |= _told(found, survivor, duplicate)
        # What was sent may be stale; what is sent next is what is on the screen.
        sent = request.POST.copy()
        sent["digest"] = form.initial["digest"] = found.digest
        form.data = sent
    return TemplateResponse(request, TEMPLATE, shown)


def _merge(form: MergeForm, pair: set[UUID]) -> Merge:
    """The merge of the page's own two customers, whatever was sent. Raises as ``execute``."""
    digest = form.cleaned_data["digest"]
    if set(keys_of(digest)) != pair:
        raise InvalidPreview
    return execute(preview=digest, reason=form.cleaned_data["reason"])


def _pair(request: HttpRequest, one: UUID, other: UUID) -> tuple[Customer, Customer]:
    access = staff.access(request)
    organizations = access.organizations if access else frozenset()
    rows = Customer.objects.visible_to(organizations).select_related("group", "assigned_to")
    found = rows.in_bulk([one, other])
    if len(found) != 2:
        raise Http404
    return found[one], found[other]


def _chosen(request: HttpRequest, pair: tuple[Customer, Customer]) -> tuple[Customer, Customer]:
    """Survivor and duplicate: as somebody chose, else as suggested."""
    wanted = request.GET.get("keep", "")
    for survivor, duplicate in (pair, pair[::-1]):
        if str(survivor.pk) == wanted:
            return survivor, duplicate
    return suggest(*pair)


def _card(customer: Customer) -> dict[str, Any]:
    """One of the records: who it is, its contacts and orders."""
    contacts = ContactPoint.objects.live().filter(customer=customer)
    return {
        "customer": customer,
        "page": reverse("admin:guestman_customer_change", args=[customer.pk]),
        "orders": order_history.get().get_order_stats(customer.pk).order_count,
        "contacts": [
            {
                "kind": contact.get_kind_display(),
                "value": readable(masking.contact(contact.canonical, customer=customer.pk)),
                "is_verified": contact.is_verified,
            }
            for contact in contacts.order_by("kind", "-is_primary", "created_at")[:SHOWN]
        ],
    }


def _told(found: MergePreview, survivor: Customer, duplicate: Customer) -> dict[str, Any]:
    fields = [
        each for each in found.fields if any((*each.survivor.values(), *each.duplicate.values()))
    ]
    clashes = [line for plan in found.plans for line in _clashes(plan)]
    return {
        "fields": [_field(each, survivor, duplicate) for each in fields],
        "plans": [_plan(plan) for plan in found.plans],
        "clashes": clashes[:SHOWN],
        "more_clashes": max(len(clashes) - SHOWN, 0),
    }


def _field(each: FieldChoice, survivor: Customer, duplicate: Customer) -> dict[str, Any]:
    winner = each.choice.winner
    return {
        "name": capfirst(str(words.FIELDS[each.name])),
        "survivor": _shown(each, each.survivor, survivor),
        "duplicate": _shown(each, each.duplicate, duplicate),
        "differs": each.survivor != each.duplicate,
        "survivor_wins": winner in ("survivor", "both"),
        "duplicate_wins": winner in ("duplicate", "both"),
        "reason": words.REASONS[each.choice.reason],
    }


def _shown(each: FieldChoice, values: Mapping[str, Any], customer: Customer) -> str:
    if each.name == "group":
        return str(customer.group or "")
    if each.name == "assigned_to":
        return str(customer.assigned_to or "")
    if each.name == "metadata":
        metadata = masking.facts(customer.metadata, customer=customer.pk)
        return ", ".join(f"{name}: {value}" for name, value in metadata.items())
    if each.name == "birth_date":
        return date_format(customer.birth_date) if customer.birth_date else ""
    if each.name == "document":
        return masking.contact(customer.document, customer=customer.pk)
    text = " ".join(str(value) for value in values.values() if value)
    return masking.text(text, customer=customer.pk)


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "title": words.rows(plan.belonging.model),
        "moved": len(plan.of(MergeMove.Kind.MOVED)),
        "parked": len(plan.of(MergeMove.Kind.PARKED)),
    }


def _clashes(plan: Plan) -> Iterator[dict[str, Any]]:
    """What becomes of contacts and the like that both records have."""
    if not plan.clashes or plan.belonging.model is not ContactPoint:
        return
    rows = ContactPoint.objects.in_bulk([clash.duplicate for clash in plan.clashes])
    for clash in plan.clashes:
        row = rows[clash.duplicate]
        value = masking.contact(row.canonical, customer=row.customer_id)
        yield {"what": readable(value), "outcome": words.CLASHES[clash.outcome]}
