"""Pieces of the OpenAPI description: bodies, parameters, who is signed in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.forms import NullBooleanField
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from shopman.api import glossary
from shopman.api.filters import FilterSet
from shopman.api.output import OutputSerializer
from shopman.api.pagination import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE
from shopman.keys import IDEMPOTENCY_KEY_LENGTH

_FILTER_TYPES: Final = {
    "BooleanFilter": OpenApiTypes.BOOL,
    "DateFilter": OpenApiTypes.DATE,
    "DateTimeFilter": OpenApiTypes.DATETIME,
    "IsoDateTimeFilter": OpenApiTypes.DATETIME,
    "IsoDateTimeFromToRangeFilter": OpenApiTypes.DATETIME,
    "NumberFilter": OpenApiTypes.NUMBER,
    "UUIDFilter": OpenApiTypes.UUID,
}
#: Name of the scheme of the CSRF header.
CSRF: Final = "csrfToken"


class FieldProblemSerializer(serializers.Serializer[Any]):
    """What is wrong with one field; an empty field name means the whole."""

    field = serializers.CharField(
        help_text="Dotted path; items of a list are numbered from 0. Empty: the whole."
    )
    code = serializers.CharField(help_text="Stable name of what is wrong.")
    message = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """A problem (RFC 9457). ``code`` is stable; ``detail`` is for people."""

    type = serializers.CharField(help_text="urn:shopman:problem: and the code.")
    title = serializers.CharField(help_text="The phrase of the HTTP status.")
    status = serializers.IntegerField(help_text="The HTTP status, again.")
    detail = serializers.CharField()
    code = serializers.CharField(help_text="Stable name of the failure: decide by this one.")
    instance = serializers.CharField(help_text="The path that was asked for.")
    errors = FieldProblemSerializer(  # type: ignore[assignment]  # DRF's own name
        many=True, help_text="One for each thing that is wrong; empty where no field is to blame."
    )


class StaffSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes the staff's session cookie."""

    target_class = "shopman.api.authentication.StaffSessionAuthentication"
    name = "staffSession"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        text = (
            "The session of a member of staff: signing in at `/admin/login/` sets this cookie. "
            "Changes need the CSRF header as well."
        )
        return {"type": "apiKey", "in": "cookie", "name": "staff_session", "description": text}


class CustomerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes the shoppers' session cookie."""

    target_class = "shopman.api.authentication.CustomerAuthentication"
    name = "customerSession"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return customer_session("__Host-doorman")


def customer_session(cookie: str) -> dict[str, str]:
    """The scheme of a shopper's session in a cookie of this name."""
    text = (
        "The session of a shopper: `verifyChallenge` sets this cookie (`doorman` without the "
        "prefix while DEBUG is on). Changes need the CSRF header as well."
    )
    return {"type": "apiKey", "in": "cookie", "name": cookie, "description": text}


def customer_token() -> dict[str, str]:
    """The scheme of an app's access token."""
    text = (
        "The access token of an app: `verifyChallenge` answers with a pair when it is asked for "
        "`tokens`, `refreshTokens` with the next one. No CSRF header is needed beside it."
    )
    return {"type": "http", "scheme": "bearer", "description": text}


def csrf_header() -> ResolvedComponent:
    """The scheme of the header that goes with a session cookie on every change."""
    text = (
        "The value of the `csrftoken` cookie, or the `csrf_token` of `getCsrfToken` and "
        "`verifyChallenge`: proof that the request was made by your own page or program. Over "
        "https send `Origin` or `Referer` too, as browsers do."
    )
    scheme = {"type": "apiKey", "in": "header", "name": "X-CSRFToken", "description": text}
    return component(CSRF, ResolvedComponent.SECURITY_SCHEMA, scheme)


def component(name: str, kind: str, content: dict[str, Any]) -> ResolvedComponent:
    """A named piece of the description that others refer to."""
    return ResolvedComponent(  # type: ignore[no-untyped-call]  # the package's own
        name, kind, content, object=name
    )


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
            "__doc__": "A page of a list: its rows, and where the pages beside it are.",
        }
        _pages[output] = type(f"{name}Page", (OutputSerializer,), fields)
    return _pages[output]


def filter_parameters(kind: type[FilterSet] | None) -> Iterator[OpenApiParameter]:
    """The query parameters of a filter set, by name."""
    known = [] if kind is None else sorted(kind.parameters())
    for name, each in known:
        form_field = each.field
        is_choice = hasattr(form_field, "choices") and not isinstance(form_field, NullBooleanField)
        # The first choice is the empty one.
        choices = [value for value, _ in form_field.choices if value] if is_choice else None
        yield OpenApiParameter(
            name,
            _FILTER_TYPES.get(type(each).__name__, OpenApiTypes.STR),
            enum=choices,
            description=each.extra.get("help_text") or glossary.of_name(name),
        )


FIELDS: Final = OpenApiParameter(
    "fields",
    str,
    description="Names of the wanted fields, by commas; the answer has those and no others.",
)
PAGE: Final = (
    OpenApiParameter(
        "cursor", str, description="Where the page begins: taken from `next` or `previous`."
    ),
    OpenApiParameter(
        "page_size",
        {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": DEFAULT_PAGE_SIZE},
        description="Rows of a page.",
    ),
    OpenApiParameter(
        "total", bool, description="`1` also counts all rows of the list; costs a query."
    ),
)
IF_MATCH: Final = OpenApiParameter(
    "If-Match",
    {"type": "string", "pattern": '^"[0-9]{1,18}"$'},
    OpenApiParameter.HEADER,
    required=True,
    description='The ETag of the version to change, quotes included: `"3"`.',
)
ETAG: Final = OpenApiParameter(
    "ETag",
    str,
    OpenApiParameter.HEADER,
    response=["200", "201"],
    description="The version of the row, to be sent as `If-Match`.",
)
LOCATION: Final = OpenApiParameter(
    "Location",
    str,
    OpenApiParameter.HEADER,
    response=["201"],
    description="The path of what was made.",
)
#: By whether it is required.
IDEMPOTENCY_KEY: Final = {
    required: OpenApiParameter(
        "Idempotency-Key",
        {
            "type": "string",
            "minLength": 1,
            "maxLength": IDEMPOTENCY_KEY_LENGTH,
            "pattern": "^[!-~]+$",
        },
        OpenApiParameter.HEADER,
        required=required,
        description="A key of your own that nobody guesses, such as a UUID.",
    )
    for required in (False, True)
}
