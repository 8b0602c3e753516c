from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OffermanConfig(AppConfig):
    name = "offerman"
    label = "offerman"
    verbose_name = _("Prices")
