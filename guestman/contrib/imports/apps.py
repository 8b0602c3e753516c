from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    name = "guestman.contrib.imports"
    label = "guestman_imports"
    verbose_name = _("Imports of customers")

    def ready(self) -> None:
        from guestman.contrib.imports import checks, subjects

        checks.connect()
        subjects.connect()
