"""The bases of every view: thin, explicit, without content negotiation.

class CustomerList(StaffView):
    output_class = CustomerRow
    input_class = CustomerInput
    filterset_class = CustomerFilter
    keyset = Keyset({"created_at", "code"}, default="-created_at")

    def get(self, request: Request) -> HttpResponse:
        return self.listing(Customer.objects.all())

    def post(self, request: Request) -> HttpResponse:
        facts = self.accept(request)

        def work() -> HttpResponse:
            new = customer.create(**facts)
            return self.made(Customer.objects.filter(uuid=new.uuid), f"{request.path}/{new.uuid}")

        return once(request, work)


class CustomerDetail(StaffView):
    output_class = CustomerRow
    input_class = {"PATCH": CustomerChanges}
    versioned = True

    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        return self.item(Customer.objects.filter(uuid=uuid))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.utils.module_loading import import_string
from rest_framework.authentication import BaseAuthentication
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from shopman import actor
from shopman.api.concurrency import etag
from shopman.api.filters import FilterSet, refuse_unknown
from shopman.api.output import OutputSerializer
from shopman.api.pagination import Keyset, narrowed_fields
from shopman.api.permissions import DenyAll, IsStaff, customer_of
from shopman.api.renderers import JSONRenderer, JSONResponse
from shopman.conf import conf
from shopman.tenancy import staff
from shopman.tenancy.rights import Right

#: One class for every method of a view, or one for each.
PerMethod = type[Serializer[Any]] | Mapping[str, type[Serializer[Any]]] | None

_RENDERER = JSONRenderer()


class View(APIView):
    """Base of StaffView and StoreView. Answers JSON whatever the caller says he accepts."""

    permission_classes: Sequence[Any] = (DenyAll,)
    #: What callers send, an ``InputSerializer``; a mapping of methods where they differ.
    input_class: ClassVar[PerMethod] = None
    #: What they get, an ``OutputSerializer``; a mapping of methods where they differ.
    output_class: ClassVar[PerMethod] = None
    #: For lists: how they are ordered and paged.
    keyset: ClassVar[Keyset | None] = None
    filterset_class: ClassVar[type[FilterSet] | None] = None
    #: Query parameters the view itself reads, with a description for the schema.
    parameters: ClassVar[Mapping[str, str]] = {}
    #: Whether GET sends an ETag and PATCH, PUT and DELETE ask for If-Match.
    versioned: ClassVar[bool] = False
    #: For the schema: the success status of POST.
    post_status: ClassVar[int] = 201
    #: For the schema: whether ``?fields=`` may be sent, and whether other parameters are refused.
    narrowable: ClassVar[bool] = True
    refuses_parameters: ClassVar[bool] = True
    #: For the schema: the group it is shown in, request headers, parts of the address.
    tag: ClassVar[str] = ""
    headers_read: ClassVar[Mapping[str, str]] = {}
    path_parameters: ClassVar[Mapping[str, str]] = {}

    def accept(self, request: Request) -> dict[str, Any]:
        """The validated input of this method. Raises DRF's ValidationError, answered as 422."""
        kind = self.class_for("input", request.method or "")
        assert kind is not None, "name an input_class"
        serializer = kind(data=request.data, context={"request": request, "view": self})
        serializer.is_valid(raise_exception=True)
        validated: dict[str, Any] = serializer.validated_data
        return validated

    def listing(self, queryset: QuerySet[Any]) -> JSONResponse:
        """One page of a queryset: filtered, ordered, narrowed as the query string asks.

        Raises BadRequest for what the query string may not say.
        """
        assert self.keyset is not None, "name a keyset"
        params = self.request.query_params
        filters = self.filterset_class.names() if self.filterset_class else set()
        refuse_unknown(params, self.keyset.names() | filters | self.parameters.keys())
        if self.filterset_class is not None:
            queryset = self.filterset_class.narrow(params, queryset)
        return JSONResponse(self.keyset.page(self.request, queryset, self.output("GET")))

    def item(self, queryset: QuerySet[Any], *, status: int = 200, **extra: Any) -> HttpResponse:
        """The one row of a queryset, with ``extra`` parts and, when versioned, its ETag.

        Raises NotFound.
        """
        method, kind = self.request.method or "", self.output(self.request.method or "")
        fields = None
        if method in ("GET", "HEAD"):
            refuse_unknown(self.request.query_params, {"fields", *self.parameters})
            fields = narrowed_fields(self.request.query_params, kind)
        row = kind.one(queryset) | extra
        headers = {"ETag": etag(row["version"])} if self.versioned else None
        if fields is not None:
            row = {name: row[name] for name in fields if name in row}
        return JSONResponse(row, status, headers)

    def made(self, queryset: QuerySet[Any], location: str) -> HttpResponse:
        """201 with the one row of a queryset; ``location`` is the path it has from now on."""
        answer = self.item(queryset, status=201)
        answer["Location"] = location
        return answer

    def empty(self) -> HttpResponse:
        """204."""
        return HttpResponse(status=204)

    @classmethod
    def class_for(cls, role: str, method: str) -> type[Serializer[Any]] | None:
        """The ``input`` or ``output`` class of a method."""
        given: PerMethod = cls.input_class if role == "input" else cls.output_class
        if isinstance(given, Mapping):
            return given.get("GET" if method == "HEAD" else method)
        return given

    def output(self, method: str) -> type[OutputSerializer]:
        """The output class of a method."""
        kind = self.class_for("output", method)
        assert kind is not None
        assert issubclass(kind, OutputSerializer), "name an output_class"
        return kind

    def perform_content_negotiation(
        self, request: Request, force: bool = False
    ) -> tuple[BaseRenderer, str]:
        return _RENDERER, _RENDERER.media_type

    @property
    def default_response_headers(self) -> dict[str, str]:
        # ``Allow`` belongs to 405 and OPTIONS (RFC 9110); computing it for each answer is waste.
        method = (self.request.method or "").lower()
        needed = method == "options" or not hasattr(self, method)
        return {"Allow": ", ".join(self.allowed_methods)} if needed else {}


class StaffView(View):
    """For staff of the tenant in use, under ``/api/v1/``. The member of staff is the actor."""

    tag = "staff"
    permission_classes = (IsStaff,)
    #: What it takes to change something here; looking takes a membership only.
    right: ClassVar[Right] = Right.CHANGE

    @property
    def access(self) -> staff.Access:
        """What the member of staff may do in the tenant in use."""
        found = staff.access(self.request._request)
        assert found is not None, "the permission lets only staff in"
        return found


class StoreView(View):
    """For shoppers and visitors, under ``/api/v1/store/``; the customer is the actor.

    Name ``permission_classes``: ``Public``, ``IsCustomer`` or ``HasRecentAuth``.
    """

    tag = "store"
    #: What a token must be good for, where the project's authentication knows tokens.
    scope: ClassVar[str] = "store"

    def get_authenticators(self) -> list[BaseAuthentication]:
        return [_import(path)() for path in conf.STORE_AUTHENTICATION]

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with actor.use(lambda: customer_actor(request)):
            return super().dispatch(request, *args, **kwargs)


def customer_actor(request: Any) -> actor.Actor:
    """The shopper behind a request; one without an id when nobody is signed in."""
    customer = customer_of(request)
    if customer is None:
        return actor.Actor(kind="customer")
    return actor.Actor(kind="customer", id=str(customer.uuid), label=customer.code or "")


@cache
def _import(path: str) -> type[BaseAuthentication]:
    kind: type[BaseAuthentication] = import_string(path)
    return kind
