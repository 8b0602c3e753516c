"""Addresses under ``/account/``."""

from __future__ import annotations

from django.urls import path

from config.account import address_views, views

app_name = "account"

urlpatterns = [
    path("", views.Overview.as_view(), name="overview"),
    path("profile/", views.Profile.as_view(), name="profile"),
    path("orders/", views.Orders.as_view(), name="orders"),
    path("orders/<uuid:uuid>/", views.OrderPage.as_view(), name="order"),
    path("addresses/", address_views.Addresses.as_view(), name="addresses"),
    path("addresses/add/", address_views.Add.as_view(), name="address_add"),
    path("addresses/<uuid:uuid>/", address_views.Edit.as_view(), name="address"),
    path("addresses/<uuid:uuid>/default/", address_views.MakeDefault.as_view(), name="default"),
    path("addresses/<uuid:uuid>/remove/", address_views.Remove.as_view(), name="address_remove"),
]
