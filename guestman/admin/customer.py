"""The customer's page; its list is in ``customer_list``."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.auth import get_user_model
from django.forms import Field
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from guestman.admin import header
from guestman.admin.acts import (
    AddContact,
    ChangePhone,
    DeactivateCustomer,
    LinkIdentity,
    ReactivateCustomer,
    RevealContacts,
)
from guestman.admin.customer_list import CustomerList
from guestman.admin.forms import CustomerForm, NewCustomerForm
from guestman.admin.new_address import AddAddress
from guestman.admin.panels import CUSTOMER_PAGE
from guestman.models import Customer
from guestman.services import customer
from shopman import masking
from shopman.admin.service import ServiceAdmin
from shopman.models import Membership
from shopman.tenancy import staff
from shopman.tenancy.rights import Right


@admin.register(Customer)
class CustomerAdmin(CustomerList, ServiceAdmin):
    form = CustomerForm
    change_form_template = "guestman/admin/customer.html"
    has_trail = True
    contact_fields = frozenset({"phone", "email", "document", "search_text", "notes", "metadata"})
    panel_page = CUSTOMER_PAGE
    form_on_demand = True
    actions_detail = (
        "change_phone",
        "add_contact",
        "add_address",
        "link_identity",
        "deactivate",
        "reactivate",
        "reveal",
    )
    readonly_fields = ("code", "organization", "source")
    fieldsets: ClassVar = [
        (
            None,
            {
                "fields": [
                    ("first_name", "last_name"),
                    ("customer_type", "document"),
                    ("group", "status"),
                    "notes",
                    "shown_version",
                ]
            },
        ),
        (
            _("More"),
            {
                "classes": ["collapse"],
                "fields": [
                    ("assigned_to", "locale"),
                    ("birth_date", "code"),
                    ("organization", "source"),
                    "metadata",
                ],
            },
        ),
    ]
    add_fieldsets: ClassVar = [
        (
            None,
            {
                "fields": [
                    ("first_name", "last_name"),
                    ("first_phone", "first_email"),
                    ("customer_type", "document"),
                    ("group", "status"),
                    "notes",
                ]
            },
        ),
        (
            _("More"),
            {
                "classes": ["collapse"],
                "fields": [
                    ("assigned_to", "locale"),
                    ("birth_date", "chosen_code"),
                    "organization",
                    "metadata",
                ],
            },
        ),
    ]

    def get_form(
        self, request: HttpRequest, obj: Customer | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            kwargs.setdefault("form", NewCustomerForm)
        return super().get_form(request, obj, change=change, **kwargs)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Customer | None = None
    ) -> tuple[str, ...]:
        return super().get_readonly_fields(request, obj) if obj else ()

    def customer_of(self, row: Customer) -> UUID:
        return row.pk

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Inactive and merged customers are looked at; reactivating is an act."""
        may: bool = super().has_change_permission(request, obj)
        if isinstance(obj, Customer):
            return may and obj.is_active and obj.merged_into_id is None
        return may

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Field | None:
        if db_field.name == "assigned_to":
            team = Membership.objects.values("user")
            kwargs["queryset"] = get_user_model()._default_manager.filter(pk__in=team)
        elif db_field.name == "organization":
            access = staff.access(request)
            own = access.organizations if access else frozenset()
            rows = db_field.related_model.objects.all()
            kwargs["queryset"] = rows.filter(uuid__in=own) if own else rows
        field: Field | None = super().formfield_for_foreignkey(db_field, request, **kwargs)
        return field

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            # A menu beside the field would lead away from a form half filled in.
            for name in ("add", "change", "view", "delete"):
                setattr(field.widget, f"can_{name}_related", False)
        return field

    def save_model(
        self, request: HttpRequest, obj: Customer, form: CustomerForm, change: bool
    ) -> None:
        if change:
            customer.update(obj.pk, expected_version=form.version, **form.facts())
            return
        made = customer.create(**form.facts())
        obj.pk, obj.code = made.pk, made.code
        obj._state.adding = False

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if (row := kwargs.get("obj")) is not None:
            context |= header.of(request, row)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        row = self.get_object(request, str(object_id))
        if row is None or row.merged_into_id is not None or row.erased_at is not None:
            return []
        # The other acts stand beside what they are about, in the panels.
        wanted = "deactivate" if row.is_active else "reactivate"
        names = {f"guestman_customer_{wanted}"}
        if not masking.sees(row.pk):
            names.add("guestman_customer_reveal")
        offered = super().get_actions_detail(request, object_id)
        return [each for each in offered if each.action_name in names]

    def has_reveal_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return staff.may(request, Right.REVEAL_CONTACTS)

    @action(description=_("Show contacts"), permissions=["reveal"], url_path="show-contacts")
    def reveal(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.act(request, object_id, RevealContacts)

    @action(description=_("Change phone"), permissions=["change"], url_path="change-phone")
    def change_phone(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.act(request, object_id, ChangePhone)

    @action(description=_("Add contact"), permissions=["change"], url_path="add-contact")
    def add_contact(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.act(request, object_id, AddContact)

    @action(description=_("Add address"), permissions=["change"], url_path="add-address")
    def add_address(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.act(request, object_id, AddAddress)

    @action(description=_("Link account"), permissions=["change"], url_path="link-identity")
    def link_identity(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.act(request, object_id, LinkIdentity)

    @action(description=_("Deactivate"), permissions=["change"])
    def deactivate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.act(request, object_id, DeactivateCustomer)

    @action(description=_("Reactivate"), permissions=["change"])
    def reactivate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.act(request, object_id, ReactivateCustomer)
