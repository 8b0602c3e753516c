"""Two customers that may be one person, and what staff said about them."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from guestman.models import Customer
from shopman import clock
from shopman.models import (
    AppendOnlyModel,
    TenantManager,
    TenantModel,
    TenantQuerySet,
    of_organizations,
)


class State(models.TextChoices):
    """What is known of a pair."""

    OPEN = "open", _("To decide")
    DIFFERENT = "different", _("Different people")
    MERGED = "merged", _("Merged")


class DuplicatePairQuerySet(TenantQuerySet["DuplicatePair"]):
    """Reads of pairs."""

    def waiting(self) -> DuplicatePairQuerySet:
        """To decide, and both customers are there and active."""
        return self.filter(state=State.OPEN).of_active()

    def of_active(self) -> DuplicatePairQuerySet:
        """Both customers are active and were not merged into another one."""
        return self.filter(
            low__is_active=True,
            high__is_active=True,
            low__merged_into__isnull=True,
            high__merged_into__isnull=True,
        )

    def sure(self) -> DuplicatePairQuerySet:
        """Likely or certain: what is shown without being asked for."""
        return self.exclude(band=DuplicatePair.Band.POSSIBLE)

    def of(self, customer: uuid.UUID) -> DuplicatePairQuerySet:
        """Pairs with this customer."""
        return self.filter(Q(low=customer) | Q(high=customer))

    def visible_to(self, organizations: Collection[uuid.UUID]) -> DuplicatePairQuerySet:
        """Both customers are of these organizations or shared; all without any."""
        if not organizations:
            return self
        own = Customer.objects.filter(of_organizations(organizations)).values("uuid")
        return self.filter(low__in=own, high__in=own)

    def in_reading_order(self) -> DuplicatePairQuerySet:
        """What is worth deciding first, with a unique tail."""
        return self.order_by("-rank", "-uuid")


class DuplicatePair(TenantModel):  # type: ignore[django-manager-missing]
    """Two customers, the one with the smaller key first, once per tenant. No value of either
    but masked ones.

    ``evidence``: ``[{"feature": "email", "level": "exact", "weight": 17.0}]``, whose weights add up
    to ``score`` together with the prior. Written by the services of this room only.
    """

    State = State

    class Band(models.TextChoices):
        CERTAIN = "certain", _("Almost certain")
        LIKELY = "likely", _("Likely")
        POSSIBLE = "possible", _("Possible")

    class Source(models.TextChoices):
        COMPARISON = "comparison", _("Comparison")
        SUSPICION = "suspicion", _("Contacts of one used for the other")
        SPLINK = "splink", _("Splink")
        UNMERGE = "unmerge", _("Taken apart again")

    low = models.ForeignKey(
        Customer,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("customer"),
        db_index=False,
    )
    high = models.ForeignKey(
        Customer,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("other customer"),
        db_index=False,
    )
    #: Log2 of the odds that they are one person.
    score = models.FloatField(_("score"))
    band = models.CharField(_("band"), max_length=16, choices=Band)
    evidence = models.JSONField(_("evidence"), default=list)
    scorer_version = models.PositiveIntegerField(_("version of the scorer"))
    #: What both have in common, without values: ``{"email": 1000, "phone": 1000}``.
    shared = models.JSONField(_("in common"), default=dict)
    #: What others suspect, by reason, with what it rests on; contacts masked:
    #: ``{"proved_by_another": {"claims": {"phone": "+55•••••••8888"}}}``.
    suspicions = models.JSONField(_("suspected by others"), default=dict)
    #: SHA-256 of ``shared``: changes when they come to have more, or less, in common.
    evidence_digest = models.CharField(_("version of the evidence"), max_length=64)
    source = models.CharField(_("source"), max_length=16, choices=Source)
    #: Minor units of the tenant's currency: what both are worth together, when compared.
    worth_amount = models.BigIntegerField(_("worth"), default=0)
    #: Score by worth; the queue's order.
    rank = models.FloatField(_("rank"))
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.OPEN)
    #: ``shared`` as it was when somebody decided; more in common opens the pair again.
    decided_shared = models.JSONField(default=dict)
    decided_at = models.DateTimeField(_("decided"), null=True)
    #: As the audit trail names the actor: ``user:7``, ``system`` ...
    decided_by = models.CharField(_("decided by"), max_length=100, blank=True)
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    found_at = models.DateTimeField(_("found"), default=clock.now)
    compared_at = models.DateTimeField(_("compared"), default=clock.now)

    objects = TenantManager.from_queryset(DuplicatePairQuerySet)()  # type: ignore[misc]
    all_tenants = DuplicatePairQuerySet.as_manager()  # type: ignore[misc]

    low_id: uuid.UUID
    high_id: uuid.UUID

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "low", "high"], name="duplicate_pair_once"),
            models.CheckConstraint(condition=Q(low__lt=F("high")), name="duplicate_pair_ordered"),
            models.CheckConstraint(
                condition=Q(band__in=["certain", "likely", "possible"]),
                name="duplicate_pair_band_known",
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True)
                | Q(state__in=["different", "merged"], decided_at__isnull=False),
                name="duplicate_pair_decided_when",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "state", "-rank", "-uuid"], name="duplicate_pair_queue"),
            models.Index(fields=["tenant", "high"], name="duplicate_pair_high"),
        ]

    def __str__(self) -> str:
        return f"{self.low} – {self.high}"

    @property
    def subject(self) -> str:
        """How the audit trail calls this pair."""
        return f"pair:{self.uuid}"


class PairDecision(AppendOnlyModel):
    """One change of what is known about a pair. Never changed, never deleted.

    What was said about it is in the audit trail, which forgets people who are erased.
    """

    pair = models.ForeignKey(
        DuplicatePair, on_delete=models.PROTECT, related_name="decisions", db_index=False
    )
    from_state = models.CharField(_("before"), max_length=16, choices=State)
    to_state = models.CharField(_("after"), max_length=16, choices=State)
    #: As the audit trail names the actor.
    actor = models.CharField(_("by"), max_length=100)
    evidence_digest = models.CharField(_("version of the evidence"), max_length=64)
    score = models.FloatField(_("score"))
    at = models.DateTimeField(_("when"), default=clock.now)

    class Meta:
        verbose_name = _("decision about a pair")
        verbose_name_plural = _("decisions about pairs")
        indexes: ClassVar = [
            models.Index(fields=["pair", "-at", "-uuid"], name="pair_decision_of_pair"),
        ]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"
