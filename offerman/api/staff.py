"""Products, price lists and prices for staff."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from offerman.api import filters, serializers
from offerman.errors import (
    BlankText,
    ChannelTaken,
    InvalidCurrency,
    InvalidImport,
    InvalidPeriod,
    InvalidPrice,
    InvalidQuantity,
    MixedCurrency,
    OverlappingItem,
    PreviewOutdated,
    PriceListCodeTaken,
    PriceListItemNotFound,
    PriceListNotFound,
    ProductNotFound,
    SkuTaken,
    StaleVersion,
    TextTooLong,
    UnreadableFile,
)
from offerman.models import PriceList, PriceListItem, Product
from offerman.services import price_import, price_list, product
from offerman.services.price_import import ImportPreview
from shopman.api.concurrency import expected_version
from shopman.api.idempotency import once
from shopman.api.operations import Repeat, operation
from shopman.api.pagination import Keyset
from shopman.api.renderers import JSONResponse
from shopman.api.views import StaffView
from shopman.tenancy.rights import Right


class PriceView(StaffView):
    """Everybody on the staff reads prices; changing them takes a right."""

    right = Right.SET_PRICES
    tag = "prices"


class ProductList(PriceView):
    """All products, retired ones included."""

    output_class = serializers.ProductRow
    input_class = serializers.ProductInput
    filterset_class = filters.ProductFilter
    keyset = Keyset({"name", "sku", "updated_at"}, default="name")

    @operation("listProducts")
    def get(self, request: Request) -> HttpResponse:
        """List products, retired ones included.

        By name; `updated_after` gives what changed, which is how a catalogue elsewhere keeps up.
        """
        return self.listing(Product.objects.all())

    @operation(
        "createProduct",
        SkuTaken,
        InvalidPrice,
        InvalidCurrency,
        BlankText,
        TextTooLong,
        repeat=Repeat.KEY,
    )
    def post(self, request: Request) -> HttpResponse:
        """Create a product.

        The SKU is for good. The base price applies to whoever has no better one.
        """
        facts = self.accept(request)

        def work() -> HttpResponse:
            new = product.create(**facts)
            return self.made(Product.objects.filter(uuid=new.uuid), f"{request.path}/{new.uuid}")

        return once(request, work)


class ProductDetail(PriceView):
    """One product. ``is_active: false`` retires it."""

    output_class = serializers.ProductRow
    input_class = serializers.ProductChanges
    versioned = True

    @operation("getProduct")
    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        """Retrieve a product.

        With the version as `ETag`, for a change that follows.
        """
        return self.item(Product.objects.filter(uuid=uuid))

    @operation(
        "changeProduct",
        ProductNotFound,
        StaleVersion,
        InvalidPrice,
        InvalidCurrency,
        BlankText,
        TextTooLong,
        MixedCurrency,
    )
    def patch(self, request: Request, uuid: UUID) -> HttpResponse:
        """Change a product.

        Only the fields that are sent change. `is_active: false` retires it: it is sold no more, and
        stays in the orders that have it. The currency stays while price lists have prices for it in
        another one.
        """
        version = expected_version(request)
        product.update(product=uuid, expected_version=version, **self.accept(request))
        return self.item(Product.objects.filter(uuid=uuid))


class PriceListList(PriceView):
    """All price lists."""

    output_class = serializers.PriceListRow
    input_class = serializers.PriceListInput
    filterset_class = filters.PriceListFilter
    keyset = Keyset({"code", "updated_at"}, default="code")

    @operation("listPriceLists")
    def get(self, request: Request) -> HttpResponse:
        """List price lists, by code.

        A list applies to customers entitled to it, to a channel, or, when public, to anybody.
        """
        return self.listing(PriceList.objects.all())

    @operation(
        "createPriceList",
        PriceListCodeTaken,
        ChannelTaken,
        InvalidPeriod,
        InvalidCurrency,
        BlankText,
        TextTooLong,
        repeat=Repeat.KEY,
    )
    def post(self, request: Request) -> HttpResponse:
        """Create a price list.

        Without prices; they are added one by one or imported. Code and currency are for good.
        """
        facts = self.accept(request)

        def work() -> HttpResponse:
            new = price_list.create(**facts)
            return self.made(PriceList.objects.filter(uuid=new.uuid), f"{request.path}/{new.uuid}")

        return once(request, work)


class PriceListDetail(PriceView):
    """One price list, without its prices."""

    output_class = serializers.PriceListRow
    input_class = serializers.PriceListChanges
    versioned = True

    @operation("getPriceList")
    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        """Retrieve a price list, without its prices.

        With the version as `ETag`, for a change that follows.
        """
        return self.item(PriceList.objects.filter(uuid=uuid))

    @operation(
        "changePriceList",
        PriceListNotFound,
        StaleVersion,
        ChannelTaken,
        InvalidPeriod,
        BlankText,
        TextTooLong,
    )
    def patch(self, request: Request, uuid: UUID) -> HttpResponse:
        """Change a price list.

        Only the fields that are sent change. Carts and quotes follow at once, placed orders keep
        their prices.
        """
        version = expected_version(request)
        price_list.update(price_list=uuid, expected_version=version, **self.accept(request))
        return self.item(PriceList.objects.filter(uuid=uuid))


class PriceListItemList(PriceView):
    """The prices of a list."""

    output_class = serializers.PriceListItemRow
    input_class = serializers.PriceListItemInput
    filterset_class = filters.PriceListItemFilter
    keyset = Keyset({"sku": "product__sku", "created_at": "created_at"}, default="sku")

    @operation("listPrices")
    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        """List the prices of a price list, by SKU.

        A product may have several: for larger quantities, and for other times.
        """
        serializers.PriceListRow.one(PriceList.objects.filter(uuid=uuid), ["uuid"])
        return self.listing(PriceListItem.objects.filter(price_list=uuid))

    @operation(
        "addPrice",
        PriceListNotFound,
        ProductNotFound,
        MixedCurrency,
        OverlappingItem,
        InvalidPrice,
        InvalidQuantity,
        InvalidPeriod,
        repeat=Repeat.KEY,
    )
    def post(self, request: Request, uuid: UUID) -> HttpResponse:
        """Add a price of a product to a list.

        From a quantity on and for a time, if given. Refused where the product has a price for this
        quantity in part of that time.
        """
        facts = self.accept(request)

        def work() -> HttpResponse:
            new = price_list.add_item(price_list=uuid, **facts)
            return self.made(
                PriceListItem.objects.filter(uuid=new.uuid), f"{request.path}/{new.uuid}"
            )

        return once(request, work)


class PriceListItemDetail(PriceView):
    """One price of a list."""

    output_class = serializers.PriceListItemRow
    input_class = serializers.PriceListItemChanges
    versioned = True

    @operation("getPrice")
    def get(self, request: Request, uuid: UUID, item: UUID) -> HttpResponse:
        """Retrieve a price of a list.

        With the version as `ETag`, for a change that follows.
        """
        return self.item(PriceListItem.objects.filter(price_list=uuid, uuid=item))

    @operation(
        "changePrice",
        PriceListItemNotFound,
        StaleVersion,
        OverlappingItem,
        InvalidPrice,
        InvalidQuantity,
        InvalidPeriod,
    )
    def patch(self, request: Request, uuid: UUID, item: UUID) -> HttpResponse:
        """Change a price of a list.

        Only the fields that are sent change; the product stays.
        """
        version = expected_version(request)
        price_list.change_item(
            price_list=uuid, item=item, expected_version=version, **self.accept(request)
        )
        return self.item(PriceListItem.objects.filter(uuid=item))

    @operation("removePrice", PriceListItemNotFound, StaleVersion)
    def delete(self, request: Request, uuid: UUID, item: UUID) -> HttpResponse:
        """Remove a price from a list.

        Entitled customers pay what the remaining rules say from then on; placed orders keep their
        prices.
        """
        price_list.remove_item(
            price_list=uuid, item=item, expected_version=expected_version(request)
        )
        return self.empty()


class PriceImportPreview(PriceView):
    """What a CSV file would change in a list. Changes nothing."""

    input_class = serializers.ImportPreviewInput
    output_class = serializers.ImportOutcome
    post_status = 200

    @operation("previewPriceImport", PriceListNotFound, UnreadableFile, repeat=Repeat.SAFE)
    def post(self, request: Request, uuid: UUID) -> HttpResponse:
        """Tell what a CSV file would change in a list.

        Changes nothing. `digest` stands for exactly this outcome: `importPrices` takes it. Lines
        that cannot be imported are `problems` with their number.
        """
        found = price_import.preview(price_list=uuid, **self.accept(request))
        return JSONResponse(import_outcome(found))


class PriceImport(PriceView):
    """Import a CSV file exactly as previewed; ``digest`` is the preview's."""

    input_class = serializers.ImportInput
    output_class = serializers.ImportOutcome
    post_status = 200

    @operation(
        "importPrices",
        PriceListNotFound,
        UnreadableFile,
        InvalidImport,
        PreviewOutdated,
        repeat=Repeat.KEY,
    )
    def post(self, request: Request, uuid: UUID) -> HttpResponse:
        """Import a CSV file exactly as previewed.

        All of it or nothing. When the list or the file changed since the preview, the `digest` fits
        no more and the answer is a 409.
        """
        facts = self.accept(request)

        def work() -> HttpResponse:
            return JSONResponse(import_outcome(price_import.apply(price_list=uuid, **facts)))

        return once(request, work)


def import_outcome(found: ImportPreview) -> dict[str, object]:
    """An import in the shape of ``serializers.ImportOutcome``."""
    return {
        "mode": found.mode,
        "digest": found.digest,
        "counts": found.counts,
        "changes": [asdict(change) for change in found.changes],
        "problems": [asdict(problem) for problem in found.problems],
    }
