"""Orders and channels for staff."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework.request import Request

from omniman.api import filters, inputs, rows
from omniman.errors import ChannelNotFound, OrderNotFound
from omniman.models import Channel, Order, OrderEvent, OrderLine
from omniman.services import channel, order
from shopman.api.concurrency import expected_version
from shopman.api.idempotency import HEADER, once
from shopman.api.pagination import Keyset
from shopman.api.views import StaffView
from shopman.models import of_organizations
from shopman.tenancy.rights import Right


class OrderView(StaffView):
    """A view that reaches orders of the member's organizations and shared ones, no others."""

    @property
    def orders(self) -> QuerySet[Order]:
        return Order.objects.filter(of_organizations(self.access.organizations))

    def order(self, uuid: UUID) -> Order:
        """The order with this key. Raises OrderNotFound."""
        found: Order | None = self.orders.filter(uuid=uuid).only("uuid", "tenant").first()
        if found is None:
            raise OrderNotFound
        return found


class Orders(OrderView):
    """All orders, newest first."""

    output_class = rows.OrderRow
    filterset_class = filters.OrderFilter
    keyset = Keyset({"placed_at"}, default="-placed_at")

    def get(self, request: Request) -> HttpResponse:
        return self.listing(self.orders)


class OrderItem(OrderView):
    """One order: frozen facts, lines and events."""

    output_class = rows.OrderDetailRow

    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        lines = OrderLine.objects.filter(order=uuid).order_by("position")
        events = OrderEvent.objects.filter(order=uuid).order_by("uuid")
        return self.item(
            self.orders.filter(uuid=uuid),
            lines=rows.OrderLineRow.rows(lines),
            events=rows.OrderEventRow.rows(events),
        )


class OrderTransitions(OrderView):
    """Move an order to another status."""

    output_class = rows.OrderRow
    input_class = inputs.TransitionInput
    post_status = 200

    def post(self, request: Request, uuid: UUID) -> HttpResponse:
        facts = self.accept(request)

        def work() -> HttpResponse:
            order.transition(order=self.order(uuid), **facts)
            return self.item(Order.objects.filter(uuid=uuid))

        return once(request, work)


class OrderRefunds(OrderView):
    """Give money back, never more than is left of the total."""

    right = Right.REFUND
    output_class = rows.OrderRow
    input_class = inputs.RefundInput

    def post(self, request: Request, uuid: UUID) -> HttpResponse:
        facts = self.accept(request)
        key = request.headers.get(HEADER)

        def work() -> HttpResponse:
            order.refund(order=self.order(uuid), idempotency_key=key, **facts)
            return self.item(Order.objects.filter(uuid=uuid), status=201)

        return once(request, work)


class OrderNotes(OrderView):
    """Write something down beside an order."""

    output_class = rows.OrderEventRow
    input_class = inputs.NoteInput

    def post(self, request: Request, uuid: UUID) -> HttpResponse:
        facts = self.accept(request)

        def work() -> HttpResponse:
            event = order.note(order=self.order(uuid), **facts)
            return self.item(OrderEvent.objects.filter(uuid=event.uuid), status=201)

        return once(request, work)


class Channels(StaffView):
    """Where orders come from."""

    right = Right.MANAGE_SHOP
    output_class = rows.ChannelRow
    input_class = inputs.ChannelInput
    filterset_class = filters.ChannelFilter
    keyset = Keyset({"code"}, default="code")

    def get(self, request: Request) -> HttpResponse:
        return self.listing(Channel.objects.all())

    def post(self, request: Request) -> HttpResponse:
        facts = self.accept(request)

        def work() -> HttpResponse:
            made = channel.create(**facts)
            return self.item(Channel.objects.filter(uuid=made.uuid), status=201)

        return once(request, work)


class ChannelItem(StaffView):
    """One channel; its code is for good."""

    right = Right.MANAGE_SHOP
    output_class = rows.ChannelRow
    input_class = inputs.ChannelChanges
    versioned = True

    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        return self.item(Channel.objects.filter(uuid=uuid))

    def patch(self, request: Request, uuid: UUID) -> HttpResponse:
        version = expected_version(request)
        found = Channel.objects.filter(uuid=uuid).first()
        if found is None:
            raise ChannelNotFound
        channel.update(channel=found, expected_version=version, **self.accept(request))
        return self.item(Channel.objects.filter(uuid=uuid))
