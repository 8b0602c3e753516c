"""A small API over the kernel's own rows, to try the conventions on."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import transaction
from django.http import HttpResponse
from django.urls import path
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.request import Request

from shopman import actor, errors
from shopman.api.concurrency import expected_version
from shopman.api.filters import FilterSet
from shopman.api.idempotency import once
from shopman.api.input import InputSerializer
from shopman.api.operations import Repeat, operation
from shopman.api.output import OutputSerializer
from shopman.api.pagination import Keyset
from shopman.api.permissions import HasRecentAuth, IsCustomer, Public
from shopman.api.renderers import JSONResponse
from shopman.api.views import StaffView, StoreView
from shopman.models import Organization, OutboxEvent


class OrganizationRow(OutputSerializer):
    uuid = serializers.UUIDField()
    code = serializers.CharField(source="slug")
    name = serializers.CharField()
    shop = serializers.CharField(source="tenant__slug")


class OrganizationInput(InputSerializer):
    slug = serializers.SlugField()
    name = serializers.CharField(max_length=20)
    tags = serializers.ListField(child=serializers.CharField(max_length=3), required=False)


class OrganizationFilter(FilterSet):
    code = filters.CharFilter("slug")
    made = filters.IsoDateTimeFilter("uuid", "gt")


class OrganizationList(StaffView):
    """Organizations of the shop."""

    output_class = OrganizationRow
    input_class = OrganizationInput
    filterset_class = OrganizationFilter
    keyset = Keyset({"code": "slug", "name": "name"}, default="code")

    @operation("listOrganizations")
    def get(self, request: Request) -> HttpResponse:
        return self.listing(Organization.objects.all())

    @operation("createOrganization", errors.Conflict, repeat=Repeat.KEY)
    def post(self, request: Request) -> HttpResponse:
        facts = self.accept(request)
        facts.pop("tags", None)

        def work() -> HttpResponse:
            with transaction.atomic():
                made = Organization.objects.create(**facts)
            if made.name == "fail":
                raise errors.Conflict
            if made.name == "teapot":
                return JSONResponse({}, 409)
            return self.item(Organization.objects.filter(pk=made.pk), status=201)

        return once(request, work)


class OrganizationDetail(StaffView):
    """One organization."""

    output_class = OrganizationRow

    def get(self, request: Request, uuid: uuid.UUID) -> HttpResponse:
        return self.item(Organization.objects.filter(pk=uuid))

    def delete(self, request: Request, uuid: uuid.UUID) -> HttpResponse:
        return self.empty()


class EventRow(OutputSerializer):
    uuid = serializers.UUIDField()
    name = serializers.CharField()
    version = serializers.IntegerField(source="attempts")


class EventList(StaffView):
    """Events of the shop."""

    output_class = EventRow
    keyset = Keyset(
        {"occurred_at": "occurred_at", "delivered_at": "delivered_at", "attempts": "attempts"},
        default="-occurred_at",
    )

    @operation("listEvents")
    def get(self, request: Request) -> HttpResponse:
        return self.listing(OutboxEvent.objects.all())


class EventDetail(StaffView):
    """One event."""

    output_class = EventRow
    versioned = True

    def get(self, request: Request, uuid: uuid.UUID) -> HttpResponse:
        return self.item(OutboxEvent.objects.filter(pk=uuid))

    def patch(self, request: Request, uuid: uuid.UUID) -> HttpResponse:
        if expected_version(request) != 3:
            raise errors.PreconditionFailed(
                errors=[errors.FieldError(field="name", code="differs", message="It is new.")]
            )
        return self.item(OutboxEvent.objects.filter(pk=uuid))


class Visitor(StoreView):
    permission_classes = (Public,)

    def get(self, request: Request) -> HttpResponse:
        who = actor.current()
        return JSONResponse({"kind": who.kind, "id": who.id})

    def post(self, request: Request) -> HttpResponse:
        return JSONResponse(request.data)


class Shopper(Visitor):
    permission_classes = (IsCustomer,)


class RecentShopper(Visitor):
    permission_classes = (HasRecentAuth,)


class Raising(StaffView):
    """Raises what the test put there."""

    error: ClassVar[Exception] = errors.Conflict()

    def get(self, request: Request) -> HttpResponse:
        raise self.error


handler404 = "config.problems.not_found"
handler500 = "config.problems.server_error"
handler400 = "config.problems.bad_request"
handler403 = "config.problems.forbidden"

urlpatterns = [
    path("api/v1/organizations", OrganizationList.as_view()),
    path("api/v1/organizations/<uuid:uuid>", OrganizationDetail.as_view()),
    path("api/v1/events", EventList.as_view()),
    path("api/v1/events/<uuid:uuid>", EventDetail.as_view()),
    path("api/v1/raising", Raising.as_view()),
    path("api/v1/store/visitor", Visitor.as_view()),
    path("api/v1/store/shopper", Shopper.as_view()),
    path("api/v1/store/recent", RecentShopper.as_view()),
]
