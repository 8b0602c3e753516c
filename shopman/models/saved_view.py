"""A list as somebody wants to see it again."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shopman import clock
from shopman.models.base import TenantModel


class SavedView(TenantModel):
    """A name for filters, search and order of an admin list; written by ``shopman.saved_views``."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("by")
    )
    #: ``<app>.<model>``, as in ``shopman.lists``.
    page = models.CharField(max_length=100)
    name = models.CharField(_("name"), max_length=60)
    #: The list's query string, without a leading ``?``.
    query = models.CharField(max_length=2000, blank=True)
    #: Whether the whole team sees it.
    is_shared = models.BooleanField(_("for the whole team"), default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "page", "user", "name"], name="saved_view_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name
