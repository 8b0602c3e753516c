"""Addresses for staff; the project mounts them at ``/api/v1/``."""

from __future__ import annotations

from django.urls import path

from guestman.contrib.duplicates.api import views

_PAIR = "duplicates/<uuid:pair>"

staff_urlpatterns = [
    path("duplicates", views.DuplicatePairs.as_view()),
    path(_PAIR, views.DuplicatePairItem.as_view()),
    path(f"{_PAIR}/different", views.DifferentPeopleDecision.as_view()),
    path(f"{_PAIR}/reopen", views.Reopening.as_view()),
]
