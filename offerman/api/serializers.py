"""What the price API takes and gives. Amounts are minor units; quantities are decimal strings."""

from __future__ import annotations

from rest_framework import serializers

from offerman.rules.amounts import PRICE_LIMIT
from shopman.api.input import InputSerializer, PlainDecimalField
from shopman.api.output import OutputSerializer

#: Lines in one quote (business default).
QUOTE_LINES = 200


class ProductRow(OutputSerializer):
    uuid = serializers.UUIDField()
    sku = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    base_price_amount = serializers.IntegerField()
    currency = serializers.CharField()
    is_active = serializers.BooleanField()
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ProductChanges(InputSerializer):
    name = serializers.CharField(required=False, max_length=200)
    unit = serializers.CharField(required=False, max_length=16)
    base_price_amount = serializers.IntegerField(required=False, min_value=0, max_value=PRICE_LIMIT)
    currency = serializers.CharField(required=False, max_length=3)
    is_active = serializers.BooleanField(required=False)


class ProductInput(ProductChanges):
    sku = serializers.CharField(max_length=64)
    name = serializers.CharField(max_length=200)
    base_price_amount = serializers.IntegerField(min_value=0, max_value=PRICE_LIMIT)
    currency = serializers.CharField(max_length=3)


class PriceListRow(OutputSerializer):
    uuid = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()
    currency = serializers.CharField()
    valid_from = serializers.DateTimeField(allow_null=True)
    valid_until = serializers.DateTimeField(allow_null=True)
    is_public = serializers.BooleanField()
    channel = serializers.CharField(allow_null=True)
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class PriceListChanges(InputSerializer):
    name = serializers.CharField(required=False, max_length=200)
    valid_from = serializers.DateTimeField(required=False, allow_null=True)
    valid_until = serializers.DateTimeField(required=False, allow_null=True)
    is_public = serializers.BooleanField(required=False)
    channel = serializers.CharField(required=False, allow_null=True, max_length=64)


class PriceListInput(PriceListChanges):
    code = serializers.CharField(max_length=64)
    name = serializers.CharField(max_length=200)
    currency = serializers.CharField(max_length=3)


class PriceListItemRow(OutputSerializer):
    uuid = serializers.UUIDField()
    product = serializers.UUIDField()
    sku = serializers.CharField(source="product__sku")
    minimum_quantity = serializers.DecimalField(max_digits=12, decimal_places=3)
    amount = serializers.IntegerField()
    currency = serializers.CharField(source="price_list__currency")
    valid_from = serializers.DateTimeField(allow_null=True)
    valid_until = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class PriceListItemChanges(InputSerializer):
    amount = serializers.IntegerField(required=False, min_value=0, max_value=PRICE_LIMIT)
    minimum_quantity = PlainDecimalField(
        required=False, min_value=0, max_digits=12, decimal_places=3
    )
    valid_from = serializers.DateTimeField(required=False, allow_null=True)
    valid_until = serializers.DateTimeField(required=False, allow_null=True)


class PriceListItemInput(PriceListItemChanges):
    product = serializers.UUIDField()
    amount = serializers.IntegerField(min_value=0, max_value=PRICE_LIMIT)


class ImportPreviewInput(InputSerializer):
    #: CSV as ``offerman.rules.price_file`` describes it.
    content = serializers.CharField(trim_whitespace=False)
    mode = serializers.ChoiceField(choices=["merge", "replace"], default="merge")


class ImportInput(ImportPreviewInput):
    digest = serializers.CharField(max_length=64)


class PlannedChangeRow(OutputSerializer):
    action = serializers.ChoiceField(choices=["add", "change", "remove"])
    line = serializers.IntegerField(allow_null=True)
    sku = serializers.CharField()
    minimum_quantity = serializers.DecimalField(max_digits=12, decimal_places=3)
    valid_from = serializers.DateTimeField(allow_null=True)
    valid_until = serializers.DateTimeField(allow_null=True)
    amount = serializers.IntegerField()
    valid_until_before = serializers.DateTimeField(allow_null=True)
    amount_before = serializers.IntegerField(allow_null=True)


class LineProblemRow(OutputSerializer):
    line = serializers.IntegerField()
    code = serializers.CharField()
    message = serializers.CharField()


class ImportCounts(OutputSerializer):
    added = serializers.IntegerField()
    changed = serializers.IntegerField()
    removed = serializers.IntegerField()
    unchanged = serializers.IntegerField()


class ImportOutcome(OutputSerializer):
    mode = serializers.ChoiceField(choices=["merge", "replace"])
    digest = serializers.CharField()
    counts = ImportCounts()
    changes = PlannedChangeRow(many=True)
    problems = LineProblemRow(many=True)


class LineInput(InputSerializer):
    sku = serializers.CharField(max_length=64)
    quantity = PlainDecimalField(max_digits=12, decimal_places=3)


class QuoteInput(InputSerializer):
    lines = serializers.ListField(child=LineInput(), min_length=1, max_length=QUOTE_LINES)


class QuotedLineRow(OutputSerializer):
    sku = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.DecimalField(max_digits=12, decimal_places=3)
    unit_price_amount = serializers.IntegerField()
    total_amount = serializers.IntegerField()
    price_list_code = serializers.CharField(allow_null=True)
    rule = serializers.CharField()


class QuoteRow(OutputSerializer):
    currency = serializers.CharField()
    total_amount = serializers.IntegerField()
    lines = QuotedLineRow(many=True)


class CallersPrice(OutputSerializer):
    """The price of one, for the caller."""

    unit_price_amount = serializers.IntegerField()
    currency = serializers.CharField()
    price_list_code = serializers.CharField(allow_null=True)


class StoreProductRow(OutputSerializer):
    uuid = serializers.UUIDField()
    sku = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    price = CallersPrice()
