"""Carts and orders for storefronts."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from omniman.api import carts, inputs, rows
from omniman.errors import IdempotencyKeyRequired, OrderNotFound
from omniman.models import Order, OrderEvent, OrderLine
from omniman.services import cart, checkout, order, tracking
from shopman.api.filters import refuse_unknown
from shopman.api.idempotency import HEADER, once
from shopman.api.pagination import Keyset
from shopman.api.permissions import IsCustomer, Public, customer_of
from shopman.api.renderers import JSONResponse
from shopman.api.views import StoreView


class StoreCart(StoreView):
    """The caller's open cart. A visitor sends the cart's key as ``X-Cart-Key``."""

    permission_classes = (Public,)
    input_class: ClassVar = {"POST": inputs.CartInput, "PATCH": inputs.CheckoutInput}
    output_class = rows.CartRow

    def get(self, request: Request) -> HttpResponse:
        refuse_unknown(request.query_params, set())
        return JSONResponse(carts.shown(request, carts.present(request)))

    def post(self, request: Request) -> HttpResponse:
        self.accept(request)
        found, key = carts.opened(request)
        return JSONResponse(carts.shown(request, found, key=key), 201)

    def patch(self, request: Request) -> HttpResponse:
        changed = checkout.describe(cart=carts.present(request), **self.accept(request))
        return JSONResponse(carts.shown(request, changed))


class StoreCartLines(StoreView):
    """What is in the cart. POST adds, opening a cart if need be; PUT sets a quantity, 0 removes.

    An Idempotency-Key of POST belongs to the signed-in customer, or to the cart that X-Cart-Key
    opens. The answer to a visitor's first POST is not stored, for it holds the secret key of the
    cart it opened: sent again, it opens another cart, and the first one expires.
    """

    permission_classes = (Public,)
    input_class = inputs.CartLineInput
    output_class = rows.CartRow

    def post(self, request: Request) -> HttpResponse:
        facts = self.accept(request)
        is_customer = customer_of(request) is not None
        if not is_customer and not request.headers.get(carts.HEADER):
            new = cart.open_with_line(**facts)
            return JSONResponse(carts.shown(request, new.cart, key=new.key), 201)
        visitors = None if is_customer else carts.present(request)

        def work() -> HttpResponse:
            found = visitors or carts.opened(request)[0]
            cart.add_line(cart=found, **facts)
            return JSONResponse(carts.shown(request, found), 201)

        return once(request, work, principal=f"cart:{visitors.uuid}" if visitors else None)

    def put(self, request: Request) -> HttpResponse:
        facts = self.accept(request)
        found = carts.present(request)
        if facts["quantity"]:
            cart.set_line(cart=found, **facts)
        else:
            cart.remove_line(cart=found, sku=facts["sku"])
        return JSONResponse(carts.shown(request, found))


class StoreCartClaim(StoreView):
    """Make a visitor's cart the signed-in customer's; lines of both are put together."""

    permission_classes = (IsCustomer,)
    input_class = inputs.ClaimInput
    output_class = rows.CartRow
    post_status = 200

    def post(self, request: Request) -> HttpResponse:
        customer: Any = customer_of(request)
        claimed = cart.claim(key=self.accept(request)["key"], customer_uuid=customer.uuid)
        return JSONResponse(carts.shown(request, claimed))


class StoreOrders(StoreView):
    """POST orders the caller's cart (Idempotency-Key is required); GET lists the customer's own."""

    permission_classes = (Public,)
    input_class = inputs.CommitInput
    output_class: ClassVar = {"GET": rows.StoreOrderRow, "POST": rows.StoreOrderDetail}
    keyset = Keyset({"placed_at"}, default="-placed_at")

    def get_permissions(self) -> list[Any]:
        return [IsCustomer()] if self.request.method in ("GET", "HEAD") else [Public()]

    def get(self, request: Request) -> HttpResponse:
        customer: Any = customer_of(request)
        return self.listing(Order.objects.filter(customer_uuid=customer.uuid))

    def post(self, request: Request) -> HttpResponse:
        key = request.headers.get(HEADER)
        if key is None:
            raise IdempotencyKeyRequired
        named = self.accept(request).get("cart")
        found = carts.to_commit(request, named=named, idempotency_key=key)
        placed = order.commit(cart=found, idempotency_key=key)
        return JSONResponse(seen(placed), 201, {"Location": f"{request.path}/{placed.uuid}"})


class StoreOrderItem(StoreView):
    """One order of the customer."""

    permission_classes = (IsCustomer,)
    output_class = rows.StoreOrderDetail

    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        refuse_unknown(request.query_params, set())
        customer: Any = customer_of(request)
        found = Order.objects.filter(uuid=uuid, customer_uuid=customer.uuid).first()
        if found is None:
            raise OrderNotFound
        return JSONResponse(seen(found))


class StoreOrderTracking(StoreView):
    """Follow an order by its token, without signing in."""

    permission_classes = (Public,)
    output_class = rows.TrackedOrder

    def get(self, request: Request, token: str) -> HttpResponse:
        key = tracking.order_key(token)
        events = OrderEvent.objects.filter(order=key).exclude(to_status="").order_by("uuid")
        return self.item(
            Order.objects.filter(uuid=key),
            lines=_lines(key),
            steps=rows.TrackedStep.rows(events),
        )


def seen(found: Order) -> dict[str, Any]:
    """An order as ``StoreOrderDetail`` describes it."""
    row = {name: getattr(found, path) for name, path in rows.StoreOrderRow.columns().items()}
    return row | {
        "delivery_address": found.data["delivery_address"],
        "billing_address": found.data["billing_address"],
        "lines": [
            {name: line[name] for name in rows.StoreLineRow.columns()}
            for line in found.data["lines"]
        ],
        "token": tracking.token(found.uuid),
    }


def _lines(key: UUID) -> list[dict[str, Any]]:
    return rows.StoreLineRow.rows(OrderLine.objects.filter(order=key).order_by("position"))
