from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OmnimanConfig(AppConfig):
    name = "omniman"
    label = "omniman"
    verbose_name = _("Orders")

    def ready(self) -> None:
        from omniman import checks, triggers
        from omniman.services import neighbours

        checks.connect()
        triggers.connect(self)
        # Importing the ports registers their checks.
        assert neighbours
