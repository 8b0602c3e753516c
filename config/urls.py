"""Every address of the project."""

from __future__ import annotations

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.utils.functional import lazy
from django.views.generic import RedirectView

from config.documentation import ReferenceView, SchemaView
from guestman.api.urls import staff_urlpatterns as guestman_staff
from guestman.contrib.duplicates.api.urls import staff_urlpatterns as duplicates_staff
from guestman.contrib.identifiers.api.urls import staff_urlpatterns as contacts_staff
from guestman.contrib.insights.api.urls import staff_urlpatterns as insights_staff
from guestman.contrib.merge.api.urls import staff_urlpatterns as merges_staff
from offerman.api import urls as offerman
from omniman.api import urls as omniman
from shopman.health.views import livez, readyz

handler400 = "config.problems.bad_request"
handler403 = "config.problems.forbidden"
handler404 = "config.problems.not_found"
handler500 = "config.problems.server_error"

#: Browsers ask for it whatever the page says.
icon = RedirectView.as_view(url=lazy(static, str)("shopman/icon.svg"))

urlpatterns = [
    path("favicon.ico", icon),
    path("livez", livez, name="livez"),
    path("readyz", readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("auth/", include("doorman.pages.urls")),
    path("account/", include("config.account.urls")),
    path("api/auth/v1/", include("doorman.api.urls")),
    path("api/v1/", include(guestman_staff)),
    path("api/v1/", include(contacts_staff)),
    path("api/v1/", include(duplicates_staff)),
    path("api/v1/", include(insights_staff)),
    path("api/v1/", include(merges_staff)),
    path("api/v1/", include(omniman.staff_urlpatterns)),
    path("api/v1/", include(offerman.staff_urlpatterns)),
    path("api/v1/store/", include(omniman.store_urlpatterns)),
    path("api/v1/store/", include(offerman.store_urlpatterns)),
    path("api/schema/", SchemaView.as_view(), name="schema"),
    path("api/docs/", ReferenceView.as_view(), name="docs"),
]
