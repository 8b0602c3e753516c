"""Products, price lists and prices for staff."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from offerman.api import filters, serializers
from offerman.models import PriceList, PriceListItem, Product
from offerman.services import price_import, price_list, product
from offerman.services.price_import import ImportPreview
from shopman.api.concurrency import expected_version
from shopman.api.idempotency import once
from shopman.api.pagination import Keyset
from shopman.api.renderers import JSONResponse
from shopman.api.views import StaffView
from shopman.tenancy.rights import Right


class PriceView(StaffView):
    """Everybody on the staff reads prices; changing them takes a right."""

    right = Right.SET_PRICES


class ProductList(PriceView):
    """All products, retired ones included."""

    output_class = serializers.ProductRow
    input_class = serializers.ProductInput
    filterset_class = filters.ProductFilter
    keyset = Keyset({"name", "sku", "updated_at"}, default="name")

    def get(self, request: Request) -> HttpResponse:
        return self.listing(Product.objects.all())

    def post(self, request: Request) -> HttpResponse:
        facts = self.accept(request)

        def work() -> HttpResponse:
            made = product.create(**facts)
            return self.item(Product.objects.filter(uuid=made.uuid), status=201)

        return once(request, work)


class ProductDetail(PriceView):
    """One product. ``is_active: false`` retires it."""

    output_class = serializers.ProductRow
    input_class = serializers.ProductChanges
    versioned = True

    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        return self.item(Product.objects.filter(uuid=uuid))

    def patch(self, request: Request, uuid: UUID) -> HttpResponse:
        version = expected_version(request)
        product.update(product=uuid, expected_version=version, **self.accept(request))
        return self.item(Product.objects.filter(uuid=uuid))


class PriceListList(PriceView):
    """All price lists."""

    output_class = serializers.PriceListRow
    input_class = serializers.PriceListInput
    filterset_class = filters.PriceListFilter
    keyset = Keyset({"code", "updated_at"}, default="code")

    def get(self, request: Request) -> HttpResponse:
        return self.listing(PriceList.objects.all())

    def post(self, request: Request) -> HttpResponse:
        facts = self.accept(request)

        def work() -> HttpResponse:
            made = price_list.create(**facts)
            return self.item(PriceList.objects.filter(uuid=made.uuid), status=201)

        return once(request, work)


class PriceListDetail(PriceView):
    """One price list, without its prices."""

    output_class = serializers.PriceListRow
    input_class = serializers.PriceListChanges
    versioned = True

    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        return self.item(PriceList.objects.filter(uuid=uuid))

    def patch(self, request: Request, uuid: UUID) -> HttpResponse:
        version = expected_version(request)
        price_list.update(price_list=uuid, expected_version=version, **self.accept(request))
        return self.item(PriceList.objects.filter(uuid=uuid))


class PriceListItemList(PriceView):
    """The prices of a list."""

    output_class = serializers.PriceListItemRow
    input_class = serializers.PriceListItemInput
    filterset_class = filters.PriceListItemFilter
    keyset = Keyset({"sku": "product__sku", "created_at": "created_at"}, default="sku")

    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        serializers.PriceListRow.one(PriceList.objects.filter(uuid=uuid), ["uuid"])
        return self.listing(PriceListItem.objects.filter(price_list=uuid))

    def post(self, request: Request, uuid: UUID) -> HttpResponse:
        facts = self.accept(request)

        def work() -> HttpResponse:
            made = price_list.add_item(price_list=uuid, **facts)
            return self.item(PriceListItem.objects.filter(uuid=made.uuid), status=201)

        return once(request, work)


class PriceListItemDetail(PriceView):
    """One price of a list."""

    output_class = serializers.PriceListItemRow
    input_class = serializers.PriceListItemChanges
    versioned = True

    def get(self, request: Request, uuid: UUID, item: UUID) -> HttpResponse:
        return self.item(PriceListItem.objects.filter(price_list=uuid, uuid=item))

    def patch(self, request: Request, uuid: UUID, item: UUID) -> HttpResponse:
        version = expected_version(request)
        price_list.change_item(
            price_list=uuid, item=item, expected_version=version, **self.accept(request)
        )
        return self.item(PriceListItem.objects.filter(uuid=item))

    def delete(self, request: Request, uuid: UUID, item: UUID) -> HttpResponse:
        price_list.remove_item(
            price_list=uuid, item=item, expected_version=expected_version(request)
        )
        return self.empty()


class PriceImportPreview(PriceView):
    """What a CSV file would change in a list. Changes nothing."""

    input_class = serializers.ImportPreviewInput
    output_class = serializers.ImportOutcome
    post_status = 200

    def post(self, request: Request, uuid: UUID) -> HttpResponse:
        found = price_import.preview(price_list=uuid, **self.accept(request))
        return JSONResponse(import_outcome(found))


class PriceImport(PriceView):
    """Import a CSV file exactly as previewed; ``digest`` is the preview's."""

    input_class = serializers.ImportInput
    output_class = serializers.ImportOutcome
    post_status = 200

    def post(self, request: Request, uuid: UUID) -> HttpResponse:
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
