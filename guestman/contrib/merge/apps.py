from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MergeConfig(AppConfig):
    name = "guestman.contrib.merge"
    label = "guestman_merge"
    verbose_name = _("Merged customers")

    def ready(self) -> None:
        from guestman.contrib.merge import checks, subjects

        checks.connect()
        subjects.connect()
