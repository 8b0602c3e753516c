"""Addresses for staff; the project mounts them at ``/api/v1/``."""

from __future__ import annotations

from django.urls import path

from guestman.contrib.insights.api import views

staff_urlpatterns = [
    path("customers/<uuid:uuid>/insight", views.CustomerInsightItem.as_view()),
    path("insights", views.Insights.as_view()),
    path("insights/runs", views.InsightRuns.as_view()),
]
