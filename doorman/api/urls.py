"""Addresses under ``/api/auth/v1/``."""

from __future__ import annotations

from django.urls import path

from doorman.api import views

app_name = "doorman_api"

urlpatterns = [
    path("challenges", views.ChallengeList.as_view(), name="challenges"),
    path("challenges/<str:secret>/resend", views.ChallengeResend.as_view(), name="resend"),
    path("challenges/<str:secret>/verify", views.ChallengeVerify.as_view(), name="verify"),
    path("tickets/redeem", views.TicketRedeem.as_view(), name="redeem"),
    path("links/consume", views.LinkConsume.as_view(), name="consume"),
    path("token/refresh", views.TokenRefresh.as_view(), name="token_refresh"),
    path("token/revoke", views.TokenRevoke.as_view(), name="token_revoke"),
    path("csrf", views.CsrfToken.as_view(), name="csrf"),
    path("session", views.CurrentSession.as_view(), name="session"),
    path("sessions", views.SessionList.as_view(), name="sessions"),
    path("sessions/<uuid:uuid>", views.SessionDetail.as_view(), name="session_detail"),
]
