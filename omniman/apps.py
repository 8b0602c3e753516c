from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OmnimanConfig(AppConfig):
    name = "omniman"
    label = "omniman"
    verbose_name = _("Orders")

    def ready(self) -> None:
        from omniman import checks, subjects, triggers
        from omniman.services import neighbours  # noqa: F401  # registers the checks of the ports

        checks.connect()
        subjects.connect()
        triggers.guard.connect(self)
