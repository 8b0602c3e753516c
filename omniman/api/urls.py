"""Addresses under ``/api/v1/`` (staff) and ``/api/v1/store/`` (storefront)."""

from __future__ import annotations

from django.urls import path

from omniman.api import staff, store

app_name = "omniman"

_ORDER = "orders/<uuid:uuid>"

staff_urlpatterns = [
    path("orders", staff.Orders.as_view(), name="orders"),
    path(_ORDER, staff.OrderItem.as_view(), name="order"),
    path(f"{_ORDER}/transitions", staff.OrderTransitions.as_view(), name="order-transitions"),
    path(f"{_ORDER}/refunds", staff.OrderRefunds.as_view(), name="order-refunds"),
    path(f"{_ORDER}/notes", staff.OrderNotes.as_view(), name="order-notes"),
    path("channels", staff.Channels.as_view(), name="channels"),
    path("channels/<uuid:uuid>", staff.ChannelItem.as_view(), name="channel"),
]

store_urlpatterns = [
    path("cart", store.StoreCart.as_view(), name="store-cart"),
    path("cart/lines", store.StoreCartLines.as_view(), name="store-cart-lines"),
    path("cart/claim", store.StoreCartClaim.as_view(), name="store-cart-claim"),
    path("orders", store.StoreOrders.as_view(), name="store-orders"),
    path("orders/<uuid:uuid>", store.StoreOrderItem.as_view(), name="store-order"),
    path(
        "orders/track/<str:token>", store.StoreOrderTracking.as_view(), name="store-order-tracking"
    ),
]
