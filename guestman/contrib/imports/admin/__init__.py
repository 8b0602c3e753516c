"""Imports of customers in the admin: upload, columns, preview, progress, result, revert."""

from django.utils.translation import gettext_lazy as _

from guestman.contrib.imports.admin.run import ImportRunAdmin
from guestman.contrib.imports.models import ImportRun
from shopman import trail_words
from shopman.trail_words import Kind

__all__ = ["ImportRunAdmin"]

trail_words.name_kind(
    "customer_import",
    Kind(
        called=_("import of customers"),
        page="guestman_imports_importrun_change",
        names=trail_words.named(ImportRun),
    ),
)
