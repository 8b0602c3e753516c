"""The OpenAPI description of views built on ``shopman.api.views``."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from shopman.api import examples, glossary, operations
from shopman.api.operations import Repeat
from shopman.api.schema_parts import (
    CSRF,
    ETAG,
    FIELDS,
    IDEMPOTENCY_KEY,
    IF_MATCH,
    LOCATION,
    PAGE,
    csrf_header,
    filter_parameters,
    page_of,
)
from shopman.api.schema_problems import problem_responses
from shopman.api.views import View
from shopman.tenancy.rights import RIGHTS

_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class ProblemAutoSchema(AutoSchema):
    """Adds to a view what its base does: problems, pages, ETags, If-Match, Idempotency-Key."""

    view: Any

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        described = super().get_operation(*args, **kwargs)
        if described is not None:
            # Said even where it is empty: nobody has to sign in.
            described.setdefault("security", [])
            examples.put(described, self.view, self._declared)
        return described

    def get_summary(self) -> str | None:
        """The first paragraph of the method's docstring, on one line without its full stop."""
        first = super().get_description().partition("\n\n")[0]
        return " ".join(first.split()).removesuffix(".") or None

    def get_description(self) -> str:  # type: ignore[override]  # as its base has it
        """The paragraphs after it, then who may, and what sending it again or at once does."""
        whole: str = super().get_description()
        parts = [whole.partition("\n\n")[2] or whole]
        if self.method in _WRITES and hasattr(self.view, "right"):
            roles = [str(role) for role, rights in RIGHTS.items() if self.view.right in rights]
            parts.append(f"**Who.** Staff whose role is {' or '.join(roles)}.")
        repeat = self._repeat
        if repeat is not None:
            parts.append(f"**Repeating.** {repeat.value}")
        if self._needs_version:
            parts.append(
                "**Concurrency.** Send the `ETag` you read as `If-Match`. When somebody changed "
                "the row in between, the answer is a 412 whose `errors` name the fields that "
                "changed; nothing is written."
            )
        return "\n\n".join(parts)

    def get_tags(self) -> list[str]:
        tag = getattr(self.view, "tag", "")
        return [tag] if tag else super().get_tags()

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
        if self._declared is not None:
            return self._declared.id
        tokens = [token.replace("-", "_") for token in self._tokenize_path()] or ["root"]
        return "_".join([*tokens, self.method_mapping[self.method.lower()]])

    def get_override_parameters(self) -> list[Any]:
        if not isinstance(self.view, View):
            return []
        return [*self._path(), *self._query(), *self._headers()]

    def get_auth(self) -> list[Any]:
        """Who may call: a cookie needs the CSRF header on changes; nobody in particular as well."""
        found = super().get_auth()
        if self.method in _WRITES:
            found = [self._with_csrf(each) for each in found]
        if any(getattr(each, "is_public", False) for each in self.view.get_permissions()):
            found = [{}, *found] if found else []
        return found

    def _with_csrf(self, needed: dict[str, list[str]]) -> dict[str, list[str]]:
        """What a caller needs to change something: browsers send cookies unasked, nothing else."""
        schemes = [self.registry[name, ResolvedComponent.SECURITY_SCHEMA].schema for name in needed]
        if not any(each.get("in") == "cookie" for each in schemes):
            return needed
        self.registry.register_on_missing(csrf_header())
        return {**needed, CSRF: []}

    def _get_serializer_field_meta(self, field: Any, direction: Any) -> dict[str, Any]:
        meta: dict[str, Any] = super()._get_serializer_field_meta(  # type: ignore[no-untyped-call]
            field, direction
        )
        name = getattr(field, "field_name", None)
        if name and "description" not in meta and (text := glossary.of_name(name)):
            meta["description"] = text
        return meta

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        responses: dict[str, Any] = super()._get_response_bodies(direction)
        for response in responses.values():
            response["description"] = response["description"] or "It worked."
        if isinstance(self.view, View):
            responses |= problem_responses(self)
        return responses

    def _path(self) -> list[OpenApiParameter]:
        segments = self.path.split("/")
        named = []
        for before, segment in pairwise(segments):
            if segment.startswith("{"):
                name = segment.strip("{}")
                text = self.view.path_parameters.get(name) or glossary.of_path_part(before)
                kind = OpenApiTypes.STR if name in self.view.path_parameters else OpenApiTypes.UUID
                named.append(OpenApiParameter(name, kind, OpenApiParameter.PATH, description=text))
        return named

    def _query(self) -> list[OpenApiParameter]:
        if self.method != "GET":
            return []
        named = [
            OpenApiParameter(name, str, description=text)
            for name, text in self.view.parameters.items()
        ]
        if self._class("output") is not None and self.view.narrowable:
            named.append(FIELDS)
        if self._is_page:
            keyset = self.view.keyset
            orderings = [f"{sign}{name}" for name in keyset.orderings for sign in ("", "-")]
            text = f"What the list is ordered by; `-`: descending. Default: `{keyset.default}`."
            named += [
                *PAGE,
                OpenApiParameter("ordering", str, enum=orderings, description=text),
                *filter_parameters(self.view.filterset_class),
            ]
        return named

    def _headers(self) -> list[OpenApiParameter]:
        named = [
            OpenApiParameter(name, str, OpenApiParameter.HEADER, description=text)
            for name, text in self.view.headers_read.items()
        ]
        if self._needs_version:
            named.append(IF_MATCH)
        if self.view.versioned and self.method != "DELETE" and not self._is_page:
            named.append(ETAG)
        if self.method == "POST" and self._post_status == 201:
            named.append(LOCATION)
        if self._declared is not None and self._declared.takes_key:
            named.append(IDEMPOTENCY_KEY[self._declared.repeat is Repeat.KEY_REQUIRED])
        return named

    @property
    def _declared(self) -> operations.Operation | None:
        return operations.of(self.view, self.method)

    @property
    def _repeat(self) -> Repeat | None:
        if self._declared is not None and self._declared.repeat is not None:
            return self._declared.repeat
        if self._needs_version:
            return Repeat.VERSION
        return None

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
