"""Addresses for staff; the project mounts them at ``/api/v1/``."""

from __future__ import annotations

from django.urls import path

from guestman.contrib.merge.api import views

_MERGE = "merges/<uuid:merge>"

staff_urlpatterns = [
    path("merges", views.Merges.as_view()),
    path("merges/preview", views.Preview.as_view()),
    path(_MERGE, views.MergeItem.as_view()),
    path(f"{_MERGE}/take-back", views.TakingBack.as_view()),
]
