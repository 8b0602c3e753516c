"""The API's schema and its rendered reference."""

from __future__ import annotations

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from shopman.api.permissions import Public


class SchemaView(SpectacularAPIView):
    """OpenAPI 3.1 at ``/api/schema/``; it needs no tenant and no sign-in."""

    authentication_classes = ()
    permission_classes = (Public,)


class ReferenceView(SpectacularSwaggerSplitView):
    """The schema for people at ``/api/docs/``, from files of our own, without inline script."""

    authentication_classes = ()
    permission_classes = (Public,)
