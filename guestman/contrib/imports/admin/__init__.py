"""Imports of customers in the admin: upload, columns, preview, progress, result, revert."""

from guestman.contrib.imports.admin.run import ImportRunAdmin

__all__ = ["ImportRunAdmin"]
