"""Addresses for staff; the project mounts them at ``/api/v1/``."""

from __future__ import annotations

from django.urls import path

from guestman.contrib.identifiers.api import views

staff_urlpatterns = [
    path("contacts", views.Contacts.as_view()),
    path("contacts/<uuid:uuid>", views.ContactItem.as_view()),
    path("contacts/<uuid:uuid>/records/<str:source>", views.ContactRecords.as_view()),
]
