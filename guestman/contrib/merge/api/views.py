"""Merges for staff: foreseen, made, looked back on and taken back."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework.request import Request

from guestman.contrib.merge import errors
from guestman.contrib.merge.api import rows
from guestman.contrib.merge.api.filters import MergeFilter
from guestman.contrib.merge.api.inputs import Agreement, Pair, WhyTakenBack
from guestman.contrib.merge.api.rows import MergeDetail, MergeRow, PreviewRow
from guestman.contrib.merge.models import Merge
from guestman.contrib.merge.service import execute, preview, unmerge
from guestman.contrib.merge.service.preview import keys_of
from guestman.errors import CustomerErased, CustomerInactive, CustomerNotFound, InvalidText
from guestman.models import Customer
from shopman.api.idempotency import once
from shopman.api.operations import Repeat, operation
from shopman.api.pagination import Keyset
from shopman.api.renderers import JSONResponse
from shopman.api.views import PerMethod, StaffView
from shopman.errors import Conflict
from shopman.tenancy.rights import Right

#: Why two customers cannot be merged.
_REFUSALS = (
    CustomerNotFound,
    CustomerErased,
    CustomerInactive,
    errors.SelfMerge,
    errors.AlreadyMerged,
    errors.DifferentTypes,
    errors.DifferentDocuments,
    errors.DifferentBirthDates,
    # What other rooms object.
    Conflict,
)


class MergeView(StaffView):
    """Reaches merges of which the member may see both customers, no others."""

    tag = "merges"
    right = Right.MERGE
    output_class: ClassVar[PerMethod] = {"GET": MergeRow, "POST": MergeDetail}

    @property
    def merges(self) -> QuerySet[Merge]:
        found: QuerySet[Merge] = Merge.objects.all()
        if not self.access.organizations:
            return found
        own = self.customers.values("pk")
        return found.filter(survivor__in=own, duplicate__in=own)

    @property
    def customers(self) -> QuerySet[Customer]:
        found: QuerySet[Customer] = Customer.objects.visible_to(self.access.organizations)
        return found

    def reached(self, merge: UUID) -> Merge:
        """A merge the member may see. Raises MergeNotFound."""
        found = self.merges.filter(pk=merge).first()
        if found is None:
            raise errors.MergeNotFound
        return found

    def pair(self, *keys: UUID) -> list[Customer]:
        """Customers the member may see. Raises CustomerNotFound."""
        found = self.customers.in_bulk(keys)
        if found.keys() != set(keys):
            raise CustomerNotFound
        return [found[key] for key in keys]

    def told(self, merge: Merge, *, status: int = 200) -> HttpResponse:
        """The merge with everything that came of it."""
        return self.item(
            Merge.objects.filter(pk=merge.pk),
            status=status,
            rows_by_model=list(rows.rows_of(merge)),
            returns=rows.returns_of(merge),
        )


class Preview(MergeView):
    """What a merge would do."""

    input_class = Pair
    output_class: ClassVar[PerMethod] = PreviewRow
    post_status = 200

    @operation("previewMerge", *_REFUSALS, repeat=Repeat.SAFE)
    def post(self, request: Request) -> HttpResponse:
        """Foresee a merge.

        Whose value of each field stays and why, and how many rows go over. Nothing is written. The
        `digest` is all that making the merge takes; it holds until one of the customers changes.
        """
        facts = self.accept(request)
        survivor, duplicate = self.pair(facts["survivor_uuid"], facts["duplicate_uuid"])
        return JSONResponse(rows.preview_row(preview(survivor=survivor, duplicate=duplicate)))


class Merges(MergeView):
    """The history, and a new merge."""

    input_class = Agreement
    filterset_class = MergeFilter
    keyset = Keyset({"at"}, default="-at")

    @operation("listMerges")
    def get(self, request: Request) -> HttpResponse:
        """List merges, the latest first.

        Only those of which the member may see both customers.
        """
        return self.listing(self.merges)

    @operation(
        "mergeCustomers",
        *_REFUSALS,
        InvalidText,
        errors.InvalidPreview,
        errors.StalePreview,
        repeat=Repeat.KEY,
    )
    def post(self, request: Request) -> HttpResponse:
        """Merge two customers as a preview said.

        The duplicate becomes an alias: its code, key, contacts and accounts are answered with the
        survivor from then on. Nothing is deleted, and the merge can be taken back at any time.
        """
        facts = self.accept(request)
        self.pair(*keys_of(facts["digest"]))

        def work() -> HttpResponse:
            made = execute(preview=facts["digest"], reason=facts["reason"])
            answer = self.told(made, status=201)
            answer["Location"] = f"{request.path}/{made.pk}"
            return answer

        return once(request, work)


class MergeItem(MergeView):
    """One merge."""

    output_class: ClassVar[PerMethod] = MergeDetail

    @operation("getMerge", errors.MergeNotFound)
    def get(self, request: Request, merge: UUID) -> HttpResponse:
        """Retrieve a merge.

        With the rows it moved by model and, if it was taken back, those that did not simply go
        back: what was changed, made or taken by somebody since.
        """
        return self.told(self.reached(merge))


class TakingBack(MergeView):
    """A merge taken back."""

    input_class = WhyTakenBack
    post_status = 200

    @operation(
        "takeMergeBack",
        errors.MergeNotFound,
        errors.AlreadyUnmerged,
        CustomerErased,
        InvalidText,
        repeat=Repeat.KEY,
    )
    def post(self, request: Request, merge: UUID) -> HttpResponse:
        """Take a merge back.

        Both are customers of their own again. Every row of the duplicate becomes what it was; what
        happened since goes to the side it came in by. `returns` lists what did not simply go back.
        A second time is a conflict.
        """
        facts = self.accept(request)
        found = self.reached(merge)

        def work() -> HttpResponse:
            return self.told(unmerge(merge=found, reason=facts["reason"]))

        return once(request, work)
