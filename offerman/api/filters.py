"""Filters of the staff's lists."""

from __future__ import annotations

from django_filters import rest_framework as filters

from shopman.api.filters import FilterSet


class ProductFilter(FilterSet):
    sku = filters.CharFilter()
    name = filters.CharFilter(
        lookup_expr="icontains", help_text="Part of the name, without regard to case."
    )
    currency = filters.CharFilter()
    is_active = filters.BooleanFilter()
    updated_after = filters.IsoDateTimeFilter("updated_at", "gte")
    updated_before = filters.IsoDateTimeFilter("updated_at", "lt")


class PriceListFilter(FilterSet):
    code = filters.CharFilter()
    channel = filters.CharFilter()
    currency = filters.CharFilter()
    is_public = filters.BooleanFilter(help_text="Whether it applies to anybody.")


class PriceListItemFilter(FilterSet):
    sku = filters.CharFilter("product__sku")
    product = filters.UUIDFilter("product_id", help_text="Key of the product.")
