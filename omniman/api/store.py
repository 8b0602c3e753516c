"""Carts and orders for storefronts."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from omniman.api import carts, inputs, rows
from omniman.errors import (
    CartAlreadyOrdered,
    CartEmpty,
    CartExpired,
    CartFull,
    CartNotFound,
    ChannelNotFound,
    CustomerUnavailable,
    IdempotencyKeyRequired,
    IdempotencyKeyReused,
    InvalidCheckout,
    InvalidIdempotencyKey,
    InvalidQuantity,
    OrderNotFound,
    OrderTooLarge,
    PricingMismatch,
    UnknownSku,
)
from omniman.models import Order, OrderEvent, OrderLine
from omniman.services import cart, checkout, order, tracking
from omniman.services.neighbours import prices
from shopman.api.filters import refuse_unknown
from shopman.api.idempotency import HEADER, once
from shopman.api.operations import Repeat, operation
from shopman.api.pagination import Keyset
from shopman.api.permissions import IsCustomer, Public, customer_of
from shopman.api.renderers import JSONResponse
from shopman.api.views import StoreView
from shopman.errors import Failure


class CartView(StoreView):
    """A view about the caller's cart."""

    headers_read: ClassVar = {
        carts.HEADER: "The `key` a visitor's cart came with; not needed by who is signed in."
    }
    narrowable = False

    @property
    def failures_of_changes(self) -> tuple[type[Failure], ...]:
        """For the schema: what the price book raises for lines it cannot price."""
        return tuple(getattr(prices.get(), "failures", ()))


class StoreCart(CartView):
    """The caller's open cart. A visitor sends the cart's key as ``X-Cart-Key``."""

    permission_classes = (Public,)
    input_class: ClassVar = {"POST": inputs.CartInput, "PATCH": inputs.CheckoutInput}
    output_class = rows.CartRow

    @operation("getCart", CartNotFound)
    def get(self, request: Request) -> HttpResponse:
        """Show the caller's open cart at today's prices.

        A signed-in shopper has one; a visitor's is the one that `X-Cart-Key` opens. What can no
        longer be bought is in the cart still: `problem` says so, on the cart and on the line, and
        the total is null until it is gone.
        """
        refuse_unknown(request.query_params, set())
        return JSONResponse(carts.shown(request, carts.present(request)))

    @operation("openCart", CartNotFound, ChannelNotFound, repeat=Repeat.SAFE)
    def post(self, request: Request) -> HttpResponse:
        """Open a cart.

        Seldom needed: `addCartLine` opens one. A signed-in shopper, and a visitor who sends the key
        of an open cart, get the one they have; another visitor gets a new one and, this once, its
        secret `key`: keep it and send it as `X-Cart-Key`.
        """
        self.accept(request)
        found, key = carts.opened(request)
        return _opened(request, carts.shown(request, found, key=key))

    @operation(
        "describeCheckout",
        CartNotFound,
        CartExpired,
        CartAlreadyOrdered,
        InvalidCheckout,
        repeat=Repeat.SAFE,
    )
    def patch(self, request: Request) -> HttpResponse:
        """Say where the order goes and, for a guest, who it is for.

        Only the fields that are sent change. What a guest gives is kept for this checkout only and
        is gone from the cart once it is ordered.
        """
        changed = checkout.describe(cart=carts.present(request), **self.accept(request))
        return JSONResponse(carts.shown(request, changed))


class StoreCartLines(CartView):
    """What is in the cart. POST adds, opening a cart if need be; PUT sets a quantity, 0 removes.

    An Idempotency-Key of POST belongs to the signed-in customer, or to the cart that X-Cart-Key
    opens. The answer to a visitor's first POST is not stored, for it holds the secret key of the
    cart it opened: sent again, it opens another cart, and the first one expires.
    """

    permission_classes = (Public,)
    input_class = inputs.CartLineInput
    output_class = rows.CartRow

    @operation(
        "addCartLine",
        CartNotFound,
        CartExpired,
        CartAlreadyOrdered,
        ChannelNotFound,
        CartFull,
        InvalidQuantity,
        UnknownSku,
        repeat=Repeat.KEY,
    )
    def post(self, request: Request) -> HttpResponse:
        """Put more of a product into the cart, opening one if need be.

        The quantity is added to what is there. A visitor's first answer carries the `key` of the
        cart that was opened, once; it is not stored for an `Idempotency-Key`, since it holds a
        secret: sent again, such a request opens another cart, and the first one expires. The key of
        later requests belongs to the signed-in shopper, or to the cart that `X-Cart-Key` opens.
        """
        facts = self.accept(request)
        is_customer = customer_of(request) is not None
        if not is_customer and not request.headers.get(carts.HEADER):
            new = cart.open_with_line(**facts)
            return _opened(request, carts.shown(request, new.cart, key=new.key))
        visitors = None if is_customer else carts.present(request)

        def work() -> HttpResponse:
            found = visitors or carts.opened(request)[0]
            cart.add_line(cart=found, **facts)
            return _opened(request, carts.shown(request, found))

        return once(request, work, principal=f"cart:{visitors.uuid}" if visitors else None)

    @operation(
        "setCartLine",
        CartNotFound,
        CartExpired,
        CartAlreadyOrdered,
        CartFull,
        InvalidQuantity,
        UnknownSku,
        repeat=Repeat.SAFE,
    )
    def put(self, request: Request) -> HttpResponse:
        """Set how much of a product is in the cart; 0 takes it out.

        For the quantity field of a cart page. The cart must be there already.
        """
        facts = self.accept(request)
        found = carts.present(request)
        if facts["quantity"]:
            cart.set_line(cart=found, **facts)
        else:
            cart.remove_line(cart=found, sku=facts["sku"])
        return JSONResponse(carts.shown(request, found))


class StoreCartClaim(StoreView):
    """Make a visitor's cart the signed-in customer's; lines of both are put together."""

    narrowable = False
    permission_classes = (IsCustomer,)
    input_class = inputs.ClaimInput
    output_class = rows.CartRow
    post_status = 200

    @operation(
        "claimCart",
        CartNotFound,
        CartExpired,
        CartAlreadyOrdered,
        CartFull,
        ChannelNotFound,
        InvalidQuantity,
    )
    def post(self, request: Request) -> HttpResponse:
        """Make a visitor's cart the signed-in shopper's.

        To be called once after signing in, when there is a cart key. The visitor's lines are added
        to those of the shopper's own cart, at the shopper's prices from then on; the key opens
        nothing any more, so a second call is a 404.
        """
        customer: Any = customer_of(request)
        claimed = cart.claim(key=self.accept(request)["key"], customer_uuid=customer.uuid)
        return JSONResponse(carts.shown(request, claimed))


class StoreOrders(CartView):
    """POST orders the caller's cart (Idempotency-Key is required); GET lists the customer's own."""

    permission_classes = (Public,)
    input_class = inputs.CommitInput
    output_class: ClassVar = {"GET": rows.StoreOrderRow, "POST": rows.StoreOrderDetail}
    keyset = Keyset({"placed_at"}, default="-placed_at")

    def get_permissions(self) -> list[Any]:
        return [IsCustomer()] if self.request.method in ("GET", "HEAD") else [Public()]

    @operation("listMyOrders")
    def get(self, request: Request) -> HttpResponse:
        """List the shopper's own orders, the newest first.

        Guest orders are not in it: they are followed by their token.
        """
        customer: Any = customer_of(request)
        return self.listing(Order.objects.filter(customer_uuid=customer.uuid))

    @operation(
        "placeOrder",
        IdempotencyKeyRequired,
        InvalidIdempotencyKey,
        IdempotencyKeyReused,
        CartNotFound,
        CartAlreadyOrdered,
        CartExpired,
        CartEmpty,
        CustomerUnavailable,
        PricingMismatch,
        OrderTooLarge,
        repeat=Repeat.KEY_REQUIRED,
    )
    def post(self, request: Request) -> HttpResponse:
        """Order the caller's cart.

        Prices are asked for anew, the customer, the addresses and the lines are frozen with the
        order, and the cart is closed; all of it happens or nothing. Make the key when the shopper
        presses the button and keep it until an answer arrived: after a lost answer the same request
        gives the same order. `token` in the answer follows the order without signing in.
        """
        key = request.headers.get(HEADER)
        if key is None:
            raise IdempotencyKeyRequired
        named = self.accept(request).get("cart")
        found = carts.to_commit(request, named=named, idempotency_key=key)
        placed = order.commit(cart=found, idempotency_key=key)
        return JSONResponse(seen(placed), 201, {"Location": f"{request.path}/{placed.uuid}"})


class StoreOrderItem(StoreView):
    """One order of the customer."""

    narrowable = False
    permission_classes = (IsCustomer,)
    output_class = rows.StoreOrderDetail

    @operation("getMyOrder", OrderNotFound)
    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        """Retrieve an order of the shopper.

        Somebody else's order is a 404.
        """
        refuse_unknown(request.query_params, set())
        customer: Any = customer_of(request)
        found = Order.objects.filter(uuid=uuid, customer_uuid=customer.uuid).first()
        if found is None:
            raise OrderNotFound
        return JSONResponse(seen(found))


class StoreOrderTracking(StoreView):
    """Follow an order by its token, without signing in."""

    path_parameters: ClassVar = {"token": "The `token` the order came with."}
    permission_classes = (Public,)
    output_class = rows.TrackedOrder

    @operation("trackOrder", OrderNotFound)
    def get(self, request: Request, token: str) -> HttpResponse:
        """Follow an order by its token, without signing in.

        For the link in a message to the shopper. Whoever has the token sees what was ordered and
        how far it is, and nothing about the person.
        """
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


def _opened(request: Request, cart_row: dict[str, Any]) -> HttpResponse:
    """201 with a cart; a caller has one, so its path names none."""
    return JSONResponse(cart_row, 201, {"Location": request.path.removesuffix("/lines")})


def _lines(key: UUID) -> list[dict[str, Any]]:
    return rows.StoreLineRow.rows(OrderLine.objects.filter(order=key).order_by("position"))
