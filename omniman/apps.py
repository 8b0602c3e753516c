from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OmnimanConfig(AppConfig):
    name = "omniman"
    label = "omniman"
    verbose_name = _("Orders")
