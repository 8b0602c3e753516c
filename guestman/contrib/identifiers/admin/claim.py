"""What was only claimed of a customer: accepted or refused by staff, one at a time."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from guestman.contrib.identifiers.admin.words import family
from guestman.contrib.identifiers.models import CustomerIdentifier
from guestman.contrib.identifiers.services import pending
from guestman.models import Customer
from shopman import masking
from shopman.admin.acts import ActForm, Text
from shopman.admin.base import ReadOnlyAdmin
from shopman.admin.service import ServiceAdmin
from shopman.contact import readable
from shopman.tenancy import staff


class _ClaimAct(ActForm):
    template = "guestman_identifiers/admin/claim.html"

    reason = forms.CharField(
        label=_("How you know"), max_length=1000, help_text=_("Kept in the customer's history.")
    )

    def told(self) -> dict[str, str]:
        """What is claimed, for the template."""
        return {"kind": family(self.subject.family), "value": shown(self.subject)}


class AcceptClaim(_ClaimAct):
    title = _("This is the customer's own")
    lead = _(
        "The customer is found by it from now on. It proves nothing: whoever signs in has to show"
        " that it is theirs."
    )
    submit = _("Accept")

    def act(self) -> Text:
        pending.accept(identifier=self.subject.pk, reason=self.cleaned_data["reason"])
        return _("It is the customer's now.")


class RefuseClaim(_ClaimAct):
    title = _("This is not the customer's")
    lead = _("It is taken from the customer. Should somebody type it again, it is claimed again.")
    submit = _("Refuse")
    is_grave = True

    def act(self) -> Text:
        pending.refuse(identifier=self.subject.pk, reason=self.cleaned_data["reason"])
        return _("It is not the customer's any more.")


@admin.register(CustomerIdentifier)
class ClaimAdmin(ReadOnlyAdmin, ServiceAdmin):
    """Those that nobody decided about yet; all others are read on their customer's page."""

    list_display = ("what", "whose", "source", "first_seen_at")
    list_select_related = ("customer",)
    fields = ("what", "whose", "source", "first_seen_at")
    readonly_fields: ClassVar = ["what", "whose"]
    ordering = ("-first_seen_at", "-uuid")
    sortable_by = ()
    actions_detail = ("accept", "refuse")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CustomerIdentifier]:
        rows = super().get_queryset(request).filter(is_pending=True, customer__merged_into=None)
        access = staff.access(request)
        if access is None or not access.organizations:
            return rows
        own = Customer.objects.visible_to(access.organizations).values("pk")
        return rows.filter(customer__in=own)

    def customer_of(self, row: CustomerIdentifier) -> UUID:
        return row.customer_id

    def title_of(self, row: CustomerIdentifier) -> str:
        return family(row.family)

    def address_after_act(self, subject: CustomerIdentifier) -> str:
        return reverse("admin:guestman_customer_change", args=[subject.customer_id])

    @action(description=_("Accept"), permissions=["act"], url_path="accept")
    def accept(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.act(request, object_id, AcceptClaim)

    @action(description=_("Refuse"), permissions=["act"], url_path="refuse")
    def refuse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.act(request, object_id, RefuseClaim)

    @display(description=_("claimed"))
    def what(self, row: CustomerIdentifier) -> str:
        return f"{family(row.family)}: {shown(row)}"

    @display(description=_("customer"))
    def whose(self, row: CustomerIdentifier) -> str:
        return str(row.customer)


def shown(row: CustomerIdentifier) -> str:
    """The value, masked for those who may not read it."""
    return readable(masking.contact(row.value, customer=row.customer_id))
