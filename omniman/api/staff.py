"""Orders and channels for staff."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework.request import Request

from omniman.api import filters, inputs, rows
from omniman.errors import (
    ChannelCodeTaken,
    ChannelNotFound,
    EmptyNote,
    InvalidChannel,
    InvalidChannelSettings,
    InvalidRefund,
    OrderNotFound,
    RefundRefused,
    StaleVersion,
    TransitionRefused,
)
from omniman.models import Channel, Order, OrderEvent, OrderLine
from omniman.services import channel, order
from shopman.api.concurrency import expected_version
from shopman.api.idempotency import HEADER, once
from shopman.api.operations import Repeat, operation
from shopman.api.pagination import Keyset
from shopman.api.views import StaffView
from shopman.models import of_organizations
from shopman.tenancy.rights import Right


class OrderView(StaffView):
    """A view that reaches orders of the member's organizations and shared ones, no others."""

    tag = "orders"

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

    @operation("listOrders")
    def get(self, request: Request) -> HttpResponse:
        """List orders, the newest first.

        Of every channel and customer. Filters narrow by status, channel, customer and time; `ref`
        is read as a person types it. Only orders of the member's organizations and shared ones are
        in the list.
        """
        return self.listing(self.orders)


class OrderItem(OrderView):
    """One order: frozen facts, lines and events."""

    output_class = rows.OrderDetailRow

    @operation("getOrder")
    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        """Retrieve an order with its frozen facts, lines and events.

        `data` is what was known when it was placed and never changes; `events` is everything that
        happened since, the oldest first.
        """
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

    @operation("moveOrder", OrderNotFound, TransitionRefused, repeat=Repeat.KEY)
    def post(self, request: Request, uuid: UUID) -> HttpResponse:
        """Move an order to another status.

        placed, confirmed, preparing, ready, dispatched, delivered, completed; cancelled before it
        is dispatched, returned after. Any other move is refused with a 409. Recorded as an event of
        the order and announced.
        """
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

    @operation("refundOrder", OrderNotFound, InvalidRefund, RefundRefused, repeat=Repeat.KEY)
    def post(self, request: Request, uuid: UUID) -> HttpResponse:
        """Give money back, never more than is left of the total.

        Writes down a refund that was made at the payment provider; no money moves here. The order
        in the answer says how much was given back altogether.
        """
        facts = self.accept(request)
        key = request.headers.get(HEADER)

        def work() -> HttpResponse:
            order.refund(order=self.order(uuid), idempotency_key=key, **facts)
            return self.made(Order.objects.filter(uuid=uuid), _path_of_order(request))

        return once(request, work)


class OrderNotes(OrderView):
    """Write something down beside an order."""

    output_class = rows.OrderEventRow
    input_class = inputs.NoteInput

    @operation("addOrderNote", OrderNotFound, EmptyNote, repeat=Repeat.KEY)
    def post(self, request: Request, uuid: UUID) -> HttpResponse:
        """Write something down beside an order.

        For staff; shoppers never see it. It cannot be changed or taken back.
        """
        facts = self.accept(request)

        def work() -> HttpResponse:
            event = order.note(order=self.order(uuid), **facts)
            return self.made(OrderEvent.objects.filter(uuid=event.uuid), _path_of_order(request))

        return once(request, work)


class Channels(StaffView):
    """Where orders come from."""

    tag = "orders"
    right = Right.MANAGE_SHOP
    output_class = rows.ChannelRow
    input_class = inputs.ChannelInput
    filterset_class = filters.ChannelFilter
    keyset = Keyset({"code"}, default="code")

    @operation("listChannels")
    def get(self, request: Request) -> HttpResponse:
        """List channels, by code.

        Where orders come from: the storefront, the counter, a marketplace.
        """
        return self.listing(Channel.objects.all())

    @operation(
        "createChannel",
        InvalidChannel,
        InvalidChannelSettings,
        InvalidChannelSettings,
        ChannelCodeTaken,
        repeat=Repeat.KEY,
    )
    def post(self, request: Request) -> HttpResponse:
        """Create a channel.

        The code is for good. A trusted channel, such as a till, may state its own prices.
        """
        facts = self.accept(request)

        def work() -> HttpResponse:
            new = channel.create(**facts)
            return self.made(Channel.objects.filter(uuid=new.uuid), f"{request.path}/{new.uuid}")

        return once(request, work)


class ChannelItem(StaffView):
    """One channel; its code is for good."""

    tag = "orders"
    right = Right.MANAGE_SHOP
    output_class = rows.ChannelRow
    input_class = inputs.ChannelChanges
    versioned = True

    @operation("getChannel")
    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        """Retrieve a channel.

        With the version as `ETag`, for a change that follows.
        """
        return self.item(Channel.objects.filter(uuid=uuid))

    @operation(
        "changeChannel", ChannelNotFound, InvalidChannel, InvalidChannelSettings, StaleVersion
    )
    def patch(self, request: Request, uuid: UUID) -> HttpResponse:
        """Change a channel.

        Only the fields that are sent change; the code is for good. A closed channel (`is_active:
        false`) takes no new carts.
        """
        version = expected_version(request)
        found = Channel.objects.filter(uuid=uuid).first()
        if found is None:
            raise ChannelNotFound
        channel.update(channel=found, expected_version=version, **self.accept(request))
        return self.item(Channel.objects.filter(uuid=uuid))


def _path_of_order(request: Request) -> str:
    """Where what was written down beside an order is read."""
    return request.path.rpartition("/")[0]
