"""Addresses under ``/auth/``."""

from __future__ import annotations

from django.urls import path, re_path

from doorman.pages import link, views

app_name = "doorman"

urlpatterns = [
    path("login/", views.LoginPage.as_view(), name="login"),
    path("code/", views.CodePage.as_view(), name="code"),
    path("code/resend/", views.ResendAction.as_view(), name="resend"),
    path("code/finish/", views.FinishAction.as_view(), name="finish"),
    path("link/", link.LinkPage.as_view(), name="link"),
    # With and without a slash: mail programs add and drop it.
    re_path(r"^link/(?P<token>[^/]+)/?\Z", link.LinkLanding.as_view(), name="land"),
    path("logout/", views.LogoutAction.as_view(), name="logout"),
    path("sessions/", views.SessionsPage.as_view(), name="sessions"),
    path("sessions/others/end/", views.EndOthersAction.as_view(), name="end_others"),
    path("sessions/<uuid:uuid>/end/", views.EndAction.as_view(), name="end"),
    path("language/", views.LanguageAction.as_view(), name="language"),
    path("brand.css", views.BrandStyle.as_view(), name="brand"),
]
