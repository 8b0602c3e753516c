"""Possible duplicates for staff: the queue, one pair, and what is decided about it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from guestman.contrib.duplicates.api.filters import PairFilter
from guestman.contrib.duplicates.api.inputs import Why
from guestman.contrib.duplicates.api.rows import PairRow
from guestman.contrib.duplicates.errors import PairMerged, PairNotFound
from guestman.contrib.duplicates.models import DuplicatePair, DuplicatePairQuerySet
from guestman.contrib.duplicates.services import decisions
from shopman.api.operations import Repeat, operation
from shopman.api.pagination import Keyset
from shopman.api.views import StaffView


class PairView(StaffView):
    """Reaches pairs of which the member may see both customers, no others."""

    tag = "duplicates"
    output_class = PairRow
    post_status = 200

    @property
    def pairs(self) -> DuplicatePairQuerySet:
        rows: DuplicatePairQuerySet = DuplicatePair.objects.all()
        return rows.visible_to(self.access.organizations)

    def reached(self, pair: UUID) -> UUID:
        """The key of a pair the member may see. Raises PairNotFound."""
        if not self.pairs.filter(pk=pair).exists():
            raise PairNotFound
        return pair


class DuplicatePairs(PairView):
    """The queue."""

    filterset_class = PairFilter
    keyset = Keyset({"rank", "score", "found_at"}, default="-rank")

    @operation("listDuplicates")
    def get(self, request: Request) -> HttpResponse:
        """List possible duplicates.

        What is left to decide, the most worthwhile first: certain and likely pairs of active
        customers. `band=possible` lists the doubtful ones, `state` what was decided or merged.
        Only pairs of which the member may see both customers are in the list.
        """
        rows = self.pairs
        if request.query_params.get("state", "open") == "open":
            rows = rows.waiting()
            if not request.query_params.get("band"):
                rows = rows.sure()
        return self.listing(rows)


class DuplicatePairItem(PairView):
    """One pair."""

    @operation("getDuplicate", PairNotFound)
    def get(self, request: Request, pair: UUID) -> HttpResponse:
        """Retrieve a possible duplicate.

        Two customers with what speaks for and against one person, and what was decided.
        """
        return self.item(self.pairs.filter(pk=self.reached(pair)))


class DifferentPeopleDecision(PairView):
    """Different people."""

    input_class = Why

    @operation("markDifferentPeople", PairNotFound, PairMerged, repeat=Repeat.SAFE)
    def post(self, request: Request, pair: UUID) -> HttpResponse:
        """Say that two customers are different people.

        They are not suggested again and cannot be merged until they come to have more in common.
        The decision is kept with its author and can be taken back.
        """
        facts = self.accept(request)
        decisions.different(self.reached(pair), reason=facts["reason"])
        return self.item(self.pairs.filter(pk=pair))


class Reopening(PairView):
    """Not different people after all."""

    input_class = Why

    @operation("reopenDuplicate", PairNotFound, PairMerged, repeat=Repeat.SAFE)
    def post(self, request: Request, pair: UUID) -> HttpResponse:
        """Take a decision back.

        The two are suggested again and may be merged. What was decided before stays in the history.
        """
        facts = self.accept(request)
        decisions.reopen(self.reached(pair), reason=facts["reason"])
        return self.item(self.pairs.filter(pk=pair))
