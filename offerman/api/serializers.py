"""What the price API takes and gives. Amounts are minor units; quantities are decimal strings."""

from __future__ import annotations

from rest_framework import serializers

from offerman.rules.amounts import PRICE_LIMIT
from shopman.api.input import InputSerializer, PlainDecimalField
from shopman.api.output import OutputSerializer

#: Lines in one quote (business default).
QUOTE_LINES = 200


class ProductRow(OutputSerializer):
    """Something that is sold."""

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
    """Fields of a product to change."""

    name = serializers.CharField(required=False, max_length=200)
    unit = serializers.CharField(required=False, max_length=16)
    base_price_amount = serializers.IntegerField(required=False, min_value=0, max_value=PRICE_LIMIT)
    currency = serializers.CharField(required=False, max_length=3)
    is_active = serializers.BooleanField(required=False)


class ProductInput(ProductChanges):
    """A product to make."""

    sku = serializers.CharField(max_length=64)
    name = serializers.CharField(max_length=200)
    base_price_amount = serializers.IntegerField(min_value=0, max_value=PRICE_LIMIT)
    currency = serializers.CharField(max_length=3)


class PriceListRow(OutputSerializer):
    """Prices for some customers, a channel or everybody."""

    uuid = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()
    currency = serializers.CharField()
    valid_from = serializers.DateTimeField(allow_null=True)
    valid_until = serializers.DateTimeField(allow_null=True)
    is_public = serializers.BooleanField(help_text="Whether it applies to anybody.")
    channel = serializers.CharField(
        allow_null=True, help_text="Code of the channel whose list it is; null: none."
    )
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class PriceListChanges(InputSerializer):
    """Fields of a price list to change."""

    name = serializers.CharField(required=False, max_length=200)
    valid_from = serializers.DateTimeField(required=False, allow_null=True)
    valid_until = serializers.DateTimeField(required=False, allow_null=True)
    is_public = serializers.BooleanField(required=False, help_text="Whether it applies to anybody.")
    channel = serializers.CharField(
        required=False,
        allow_null=True,
        max_length=64,
        help_text="Code of the channel whose list it is; null: none.",
    )


class PriceListInput(PriceListChanges):
    """A price list to make."""

    code = serializers.CharField(max_length=64)
    name = serializers.CharField(max_length=200)
    currency = serializers.CharField(max_length=3)


class PriceListItemRow(OutputSerializer):
    """A price of a product in a list."""

    uuid = serializers.UUIDField()
    product = serializers.UUIDField(help_text="Key of the product.")
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
    """Fields of a price to change."""

    amount = serializers.IntegerField(required=False, min_value=0, max_value=PRICE_LIMIT)
    minimum_quantity = PlainDecimalField(
        required=False, min_value=0, max_digits=12, decimal_places=3
    )
    valid_from = serializers.DateTimeField(required=False, allow_null=True)
    valid_until = serializers.DateTimeField(required=False, allow_null=True)


class PriceListItemInput(PriceListItemChanges):
    """A price to add to a list."""

    product = serializers.UUIDField(help_text="Key of the product.")
    amount = serializers.IntegerField(min_value=0, max_value=PRICE_LIMIT)


class ImportPreviewInput(InputSerializer):
    """A file with prices to look at."""

    #: CSV as ``offerman.rules.price_file`` describes it.
    content = serializers.CharField(
        trim_whitespace=False,
        help_text="The file: CSV with a heading, as docs/algorithms/prices.md describes it.",
    )
    mode = serializers.ChoiceField(
        choices=["merge", "replace"],
        default="merge",
        help_text="merge adds and changes, replace also removes what the file lacks.",
    )


class ImportInput(ImportPreviewInput):
    """A file with prices that was looked at."""

    digest = serializers.CharField(max_length=64, help_text="The digest of the preview.")


class PlannedChangeRow(OutputSerializer):
    """What happens to one price."""

    action = serializers.ChoiceField(
        choices=["add", "change", "remove"], help_text="What would happen to the price."
    )
    line = serializers.IntegerField(
        allow_null=True,
        help_text="Line of the file; null: the price is removed because the file lacks it.",
    )
    sku = serializers.CharField()
    minimum_quantity = serializers.DecimalField(max_digits=12, decimal_places=3)
    valid_from = serializers.DateTimeField(allow_null=True)
    valid_until = serializers.DateTimeField(allow_null=True)
    amount = serializers.IntegerField()
    valid_until_before = serializers.DateTimeField(
        allow_null=True, help_text="Its end until now (UTC)."
    )
    amount_before = serializers.IntegerField(
        allow_null=True, help_text="Its amount until now, in minor units; null: it is new."
    )


class LineProblemRow(OutputSerializer):
    """A line that cannot be imported."""

    line = serializers.IntegerField(help_text="Line of the file, the heading is 1.")
    code = serializers.CharField(help_text="Stable name of what is wrong.")
    message = serializers.CharField()


class ImportCounts(OutputSerializer):
    """How many prices change in which way."""

    added = serializers.IntegerField(help_text="New prices.")
    changed = serializers.IntegerField(help_text="Prices with another amount or end.")
    removed = serializers.IntegerField(help_text="Prices taken out.")
    unchanged = serializers.IntegerField(help_text="Prices that stay as they are.")


class ImportOutcome(OutputSerializer):
    """What an import changes."""

    mode = serializers.ChoiceField(choices=["merge", "replace"], help_text="How the file was read.")
    digest = serializers.CharField(help_text="Stands for this outcome; importPrices takes it.")
    counts = ImportCounts(help_text="How many prices change in which way.")
    changes = PlannedChangeRow(many=True, help_text="One for each price that changes.")
    problems = LineProblemRow(many=True, help_text="One for each line that is no price.")


class LineInput(InputSerializer):
    """A product and how much of it."""

    sku = serializers.CharField(max_length=64)
    quantity = PlainDecimalField(max_digits=12, decimal_places=3)


class QuoteInput(InputSerializer):
    """What to price."""

    lines = serializers.ListField(
        child=LineInput(),
        min_length=1,
        max_length=QUOTE_LINES,
        help_text="What to price, at most 200 lines.",
    )


class QuotedLineRow(OutputSerializer):
    """A line and its price."""

    sku = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.DecimalField(max_digits=12, decimal_places=3)
    unit_price_amount = serializers.IntegerField()
    total_amount = serializers.IntegerField()
    price_list_code = serializers.CharField(
        allow_null=True, help_text="Code of the price list that applied; null: none."
    )
    rule = serializers.CharField(
        help_text="Which rule priced it: customer_price_list, channel_price_list or base_price."
    )


class QuoteRow(OutputSerializer):
    """Prices for the caller; they bind nobody."""

    currency = serializers.CharField()
    total_amount = serializers.IntegerField()
    lines = QuotedLineRow(many=True, help_text="In the order they were asked for.")


class CallersPrice(OutputSerializer):
    """The price of one, for the caller."""

    unit_price_amount = serializers.IntegerField()
    currency = serializers.CharField()
    price_list_code = serializers.CharField(
        allow_null=True, help_text="Code of the price list that applied; null: none."
    )


class StoreProductRow(OutputSerializer):
    """Something that can be bought, with the caller's price."""

    uuid = serializers.UUIDField()
    sku = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    price = CallersPrice(help_text="The price of one, for the caller.")
