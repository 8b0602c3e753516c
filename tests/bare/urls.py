"""The addresses of the one app that is installed, where the suite has them too."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("admin/", admin.site.urls)]

if settings.APP == "doorman":
    urlpatterns += [
        path("api/auth/v1/", include("doorman.api.urls")),
        path("auth/", include("doorman.pages.urls")),
    ]
else:
    names = [f"{settings.APP}.api.urls"]
    if settings.APP == "guestman":
        rooms = ("duplicates", "identifiers", "insights", "merge")
        names += [f"guestman.contrib.{room}.api.urls" for room in rooms]
    for name in names:
        module = import_module(name)
        urlpatterns.append(path("api/v1/", include(module.staff_urlpatterns)))
        if hasattr(module, "store_urlpatterns"):
            urlpatterns.append(path("api/v1/store/", include(module.store_urlpatterns)))

handler400 = "config.problems.bad_request"
handler403 = "config.problems.forbidden"
handler404 = "config.problems.not_found"
handler500 = "config.problems.server_error"
