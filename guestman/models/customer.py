"""Who a customer is."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from guestman.models.group import CustomerGroup
from shopman import clock
from shopman.models import Keys, OrganizationModel, TenantManager, TenantQuerySet, of_organizations


class CustomerQuerySet(TenantQuerySet["Customer"]):
    """Reads of customers. Merged ones stay in unless ``survivors()`` is asked for."""

    def active(self) -> CustomerQuerySet:
        """Customers every other part of the suite may see."""
        return self.filter(is_active=True, merged_into__isnull=True)

    def survivors(self) -> CustomerQuerySet:
        """Customers that were not merged into another one, inactive ones included."""
        return self.filter(merged_into__isnull=True)

    def with_survivor(self) -> CustomerQuerySet:
        """Each with the customer it was merged into at hand: no second query to follow it."""
        return self.select_related("merged_into")

    def known_as(self, key: uuid.UUID) -> CustomerQuerySet:
        """The customer with this key, or the one it was merged into."""
        alias = Customer.objects.filter(uuid=key).values("merged_into")
        own = Value(key, output_field=models.UUIDField())
        return self.filter(uuid=Coalesce(Subquery(alias), own))

    def with_aliases(self) -> CustomerQuerySet:
        """Each with ``aliases``: the keys of those merged into it."""
        own = Customer.objects.filter(merged_into=OuterRef("pk")).order_by()
        keys = own.values("merged_into").annotate(keys=Keys("uuid")).values("keys")
        return self.annotate(aliases=Subquery(keys))

    def visible_to(self, organizations: Collection[uuid.UUID]) -> CustomerQuerySet:
        """Customers of these organizations and those the whole tenant shares; all without any."""
        return self.filter(of_organizations(organizations))

    def with_contact(self, family: str, match_key: str) -> CustomerQuerySet:
        """Who holds a number or address, verified or not; released ones don't count."""
        return self.filter(
            contact_points__family=family,
            contact_points__match_key=match_key,
            contact_points__released_at__isnull=True,
        )

    def in_reading_order(self) -> CustomerQuerySet:
        """Most recently changed first, with a unique tail."""
        return self.order_by("-updated_at", "-uuid")


class Customer(OrganizationModel):  # type: ignore[django-manager-missing]
    """The one record of a person or company that every app of the suite asks for.

    Written by ``guestman.services`` only. ``phone`` and ``email`` are copies of the primary contact
    points; ``version`` grows by one with every change of this row.
    """

    class Type(models.TextChoices):
        PERSON = "person", _("Person")
        COMPANY = "company", _("Company")

    class Status(models.TextChoices):
        PROSPECT = "prospect", _("Prospect")
        ACTIVE = "active", _("Active")
        INACTIVE = "inactive", _("Inactive")
        CHURNED = "churned", _("Churned")

    code = models.CharField(_("code"), max_length=64, editable=False)
    first_name = models.CharField(_("first name"), max_length=150, blank=True)
    last_name = models.CharField(_("last name"), max_length=150, blank=True)
    customer_type = models.CharField(_("type"), max_length=16, choices=Type, default=Type.PERSON)
    #: Canonical form, without punctuation, upper case.
    document = models.CharField(_("document"), max_length=40, blank=True)
    #: ``cpf``, ``cnpj``, ``vat`` or ``other``; empty without a document.
    document_kind = models.CharField(_("kind of document"), max_length=16, blank=True)
    #: ISO 3166-1 alpha-2; empty without a document.
    document_country = models.CharField(_("country of document"), max_length=2, blank=True)
    email = models.CharField(_("e-mail"), max_length=254, blank=True, editable=False)
    #: E.164, with ``;ext=`` when there is an extension.
    phone = models.CharField(_("phone"), max_length=64, blank=True, editable=False)
    group = models.ForeignKey(
        CustomerGroup,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="customers",
        verbose_name=_("group"),
    )
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.ACTIVE)
    is_active = models.BooleanField(_("active"), default=True, editable=False)
    #: Where the customer came from: ``login``, ``import:<name>``, ``staff`` ...
    source = models.CharField(_("source"), max_length=64, blank=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assigned to"),
        db_index=False,
    )
    #: Language tag, one of ``GUESTMAN["LOCALES"]``; empty: the tenant's.
    locale = models.CharField(_("language"), max_length=16, blank=True)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    #: Free JSON object of the integrator, at most ``GUESTMAN["METADATA_MAX_BYTES"]`` bytes.
    metadata = models.JSONField(_("metadata"), default=dict, blank=True)
    #: Folded names, code, document, phone digits and e-mails; kept by the services for ``search``.
    search_text = models.TextField(blank=True, editable=False)
    #: The survivor every look-up answers with; chains are kept one step long.
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged_from",
        verbose_name=_("merged into"),
        db_index=False,
    )
    #: When the person was erased; the record is empty since, and nothing brings it back.
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)
    updated_at = models.DateTimeField(_("updated"), default=clock.now, editable=False)
    #: Who made the record, as the audit trail names the actor.
    created_by = models.CharField(_("created by"), max_length=200, blank=True, editable=False)

    objects = TenantManager.from_queryset(CustomerQuerySet)()  # type: ignore[misc]
    all_tenants = CustomerQuerySet.as_manager()  # type: ignore[misc]

    group_id: uuid.UUID | None
    merged_into_id: uuid.UUID | None

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "code"], name="customer_code"),
            models.UniqueConstraint(
                fields=["tenant", "document_country", "document"],
                condition=Q(is_active=True, merged_into__isnull=True) & ~Q(document=""),
                name="customer_document",
            ),
            models.CheckConstraint(condition=~Q(code=""), name="customer_code_given"),
            models.CheckConstraint(
                condition=(Q(is_active=True) & ~Q(status="inactive"))
                | Q(is_active=False, status="inactive"),
                name="customer_active_is_status",
            ),
            models.CheckConstraint(
                condition=Q(customer_type__in=["person", "company"]), name="customer_type_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["prospect", "active", "inactive", "churned"]),
                name="customer_status_known",
            ),
            models.CheckConstraint(
                condition=Q(document="", document_kind="", document_country="")
                | ~(Q(document="") | Q(document_kind="") | Q(document_country="")),
                name="customer_document_whole",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True)
                | Q(
                    is_active=False,
                    first_name="",
                    last_name="",
                    document="",
                    email="",
                    phone="",
                    notes="",
                    search_text="",
                    birth_date__isnull=True,
                ),
                name="customer_erased_is_empty",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("uuid")),
                name="customer_not_merged_into_self",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "-created_at", "-uuid"], name="customer_created"),
            models.Index(fields=["tenant", "-updated_at", "-uuid"], name="customer_updated"),
            models.Index(fields=["tenant", "first_name", "uuid"], name="customer_named"),
            models.Index(
                fields=["tenant", "status", "-updated_at", "-uuid"], name="customer_by_status"
            ),
            models.Index(
                fields=["tenant", "group", "-updated_at", "-uuid"], name="customer_by_group"
            ),
            models.Index(
                fields=["tenant", "assigned_to", "-updated_at"],
                condition=Q(assigned_to__isnull=False),
                name="customer_assigned",
            ),
            models.Index(
                fields=["merged_into"],
                condition=Q(merged_into__isnull=False),
                name="customer_merged",
            ),
        ]

    #: The merged record by which a caller named this survivor; set by ``guestman.services.locks``.
    named_as: uuid.UUID | None = None

    def __str__(self) -> str:
        return self.name or self.code

    @property
    def name(self) -> str:
        """First and last name as one string; empty when neither is known."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def subject(self) -> str:
        """How the audit trail and the outbox call this customer."""
        return f"customer:{self.uuid}"
