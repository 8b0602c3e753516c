"""The OpenAPI description of views built on ``shopman.api.views``."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from shopman.api.output import OutputSerializer
from shopman.api.pagination import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE
from shopman.api.views import View

_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_FILTER_TYPES = {
    "BooleanFilter": OpenApiTypes.BOOL,
    "DateFilter": OpenApiTypes.DATE,
    "DateTimeFilter": OpenApiTypes.DATETIME,
    "IsoDateTimeFilter": OpenApiTypes.DATETIME,
    "NumberFilter": OpenApiTypes.NUMBER,
    "UUIDFilter": OpenApiTypes.UUID,
}


class FieldProblemSerializer(serializers.Serializer[Any]):
    """What is wrong with one field; an empty field name means the whole."""

    field = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """A problem (RFC 9457). ``code`` is stable; ``detail`` is for people."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    instance = serializers.CharField()
    errors = FieldProblemSerializer(many=True)  # type: ignore[assignment]  # DRF's own name


class ProblemAutoSchema(AutoSchema):
    """Adds to a view what its base does: problems, pages, ETags, If-Match, Idempotency-Key."""

    view: Any

    def get_summary(self) -> str | None:
        """The first paragraph of the method's docstring, on one line without its full stop."""
        first = super().get_description().partition("\n\n")[0]
        return " ".join(first.split()).removesuffix(".") or None

    def get_description(self) -> str:  # type: ignore[override]  # as its base has it
        """The paragraphs after it; the first one where there is no other."""
        whole: str = super().get_description()
        return whole.partition("\n\n")[2] or whole

    def get_request_serializer(self) -> Any:
        return self._class("input")

    def get_response_serializers(self) -> Any:
        output = self._class("output")
        if self.method == "DELETE":
            return {204: None}
        if self.method == "POST":
            return {self._post_status: output}
        return {200: page_of(output) if self._is_page and output else output}

    def get_operation_id(self) -> str:
        tokens = [token.replace("-", "_") for token in self._tokenize_path()] or ["root"]
        action = "list" if self._is_page else self.method_mapping[self.method.lower()]
        if self.method == "DELETE" and not self.path.endswith("}"):
            action = "clear"
        return "_".join([*tokens, action])

    def get_override_parameters(self) -> list[Any]:
        if not isinstance(self.view, View):
            return []
        return [*self._query(), *self._headers()]

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        responses: dict[str, Any] = super()._get_response_bodies(direction)
        for status in self._problem_statuses():
            if status not in responses:
                responses[status] = self._get_response_for_code(  # type: ignore[no-untyped-call]
                    ProblemSerializer, status, ["application/problem+json"], direction
                )
        return responses

    def _problem_statuses(self) -> list[str]:
        statuses = ["400", "401", "403", "404", "429", "503"]
        if self.method in _WRITES:
            statuses += ["409", "413", "415", "422"]
        if self._needs_version:
            statuses += ["412", "428"]
        return sorted(statuses)

    def _query(self) -> list[OpenApiParameter]:
        if self.method != "GET":
            return []
        named = [
            OpenApiParameter(name, str, description=text)
            for name, text in self.view.parameters.items()
        ]
        if self._class("output") is not None:
            named.append(_FIELDS)
        if self._is_page:
            orderings = [
                f"{sign}{name}" for name in self.view.keyset.orderings for sign in ("", "-")
            ]
            named += [
                *_PAGE,
                OpenApiParameter(
                    "ordering",
                    str,
                    enum=orderings,
                    description=f"Default: {self.view.keyset.default}.",
                ),
                *self._filters(),
            ]
        return named

    def _filters(self) -> list[OpenApiParameter]:
        kind = self.view.filterset_class
        if kind is None:
            return []
        known = {}
        for name, each in kind.base_filters.items():
            known[name] = _FILTER_TYPES.get(type(each).__name__, OpenApiTypes.STR)
        return [
            OpenApiParameter(name, known.get(name, OpenApiTypes.STR))
            for name in sorted(kind.names())
        ]

    def _headers(self) -> list[OpenApiParameter]:
        named = []
        if self._needs_version:
            named.append(_IF_MATCH)
        if self.view.versioned and self.method != "DELETE" and not self._is_page:
            named.append(_ETAG)
        if self.method == "POST" and self._post_status == 201:
            named.append(_IDEMPOTENCY_KEY)
        return named

    @property
    def _is_page(self) -> bool:
        return self.method == "GET" and getattr(self.view, "keyset", None) is not None

    @property
    def _needs_version(self) -> bool:
        return self.method in ("PUT", "PATCH", "DELETE") and getattr(self.view, "versioned", False)

    @property
    def _post_status(self) -> int:
        return getattr(self.view, "post_status", 201)

    def _class(self, role: str) -> Any:
        if not isinstance(self.view, View):
            return None
        return self.view.class_for(role, self.method)


class StaffSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes the staff's session cookie."""

    target_class = "shopman.api.authentication.StaffSessionAuthentication"
    name = "staffSession"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "staff_session"}


class CustomerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes the shoppers' session cookie."""

    target_class = "shopman.api.authentication.CustomerAuthentication"
    name = "customerSession"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "__Host-doorman"}


_pages: dict[type, type[OutputSerializer]] = {}


def page_of(output: type[serializers.Serializer[Any]]) -> type[OutputSerializer]:
    """The serializer that describes a page of rows."""
    if output not in _pages:
        name = output.__name__.removesuffix("Serializer")
        fields = {
            "results": output(many=True),
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
            "total": serializers.IntegerField(required=False),
        }
        _pages[output] = type(f"{name}Page", (OutputSerializer,), fields)
    return _pages[output]


_FIELDS = OpenApiParameter("fields", str, description="Names of the wanted fields, by commas.")
_PAGE = (
    OpenApiParameter("cursor", str, description="Where the page begins: from next or previous."),
    OpenApiParameter(
        "page_size",
        {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": DEFAULT_PAGE_SIZE},
    ),
    OpenApiParameter("total", bool, description="1 also counts all rows of the list."),
)
_IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag of the version to change.",
)
_ETAG = OpenApiParameter(
    "ETag", str, OpenApiParameter.HEADER, response=["200", "201"], description="The version."
)
_IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="A key of your own, such as a UUID: within 24 h the same answer is replayed.",
)
