"""The API's schema and its rendered reference."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.settings import spectacular_settings
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from shopman.api.permissions import Public

_RENDERERS: Final = {"json": OpenApiJsonRenderer, "yaml": OpenApiYamlRenderer}


#: The package is only partly typed.
Generator: Any = SchemaGenerator


class SchemaView(SpectacularAPIView):
    """OpenAPI 3.1 at ``/api/schema/``; it needs no tenant and no sign-in.

    YAML, or JSON for ``?format=json`` and whoever accepts only that. Made once in a process: it is
    the same for everybody, and making it takes a second.
    """

    authentication_classes = ()
    permission_classes = (Public,)

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        accepted: BaseRenderer = request.accepted_renderer
        return HttpResponse(rendered(accepted.format), content_type=accepted.media_type)


class ReferenceView(SpectacularSwaggerView):
    """The schema for people at ``/api/docs/``, from files of our own, without inline script."""

    authentication_classes = ()
    permission_classes = (Public,)
    template_name = "reference.html"

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer: Response = super().get(  # type: ignore[no-untyped-call]  # the package's own
            request, *args, **kwargs
        )
        answer.data["version"] = spectacular_settings.VERSION
        return answer


@cache
def rendered(form: str) -> bytes:
    """The description as ``json`` or ``yaml``, in the language it is written in."""
    with translation.override(settings.LANGUAGE_CODE):
        schema = Generator().get_schema(request=None, public=True)
    found: str | bytes = _RENDERERS[form]().render(schema, renderer_context={})
    return found.encode() if isinstance(found, str) else found
