from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DoormanConfig(AppConfig):
    name = "doorman"
    label = "doorman"
    verbose_name = _("Access")

    def ready(self) -> None:
        from doorman import checks, subjects

        checks.connect()
        subjects.connect()
