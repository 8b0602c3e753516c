"""Addresses under ``/api/v1/`` (staff) and ``/api/v1/store/`` (storefront)."""

from __future__ import annotations

from django.urls import path

from offerman.api import staff, store

app_name = "offerman"

staff_urlpatterns = [
    path("products", staff.ProductList.as_view(), name="products"),
    path("products/<uuid:uuid>", staff.ProductDetail.as_view(), name="product"),
    path("price-lists", staff.PriceListList.as_view(), name="price-lists"),
    path("price-lists/<uuid:uuid>", staff.PriceListDetail.as_view(), name="price-list"),
    path(
        "price-lists/<uuid:uuid>/items", staff.PriceListItemList.as_view(), name="price-list-items"
    ),
    path(
        "price-lists/<uuid:uuid>/items/<uuid:item>",
        staff.PriceListItemDetail.as_view(),
        name="price-list-item",
    ),
    path(
        "price-lists/<uuid:uuid>/import-preview",
        staff.PriceImportPreview.as_view(),
        name="price-import-preview",
    ),
    path("price-lists/<uuid:uuid>/import", staff.PriceImport.as_view(), name="price-import"),
]

store_urlpatterns = [
    path("products", store.StoreProducts.as_view(), name="store-products"),
    path("quote", store.StoreQuote.as_view(), name="store-quote"),
]
