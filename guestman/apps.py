from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GuestmanConfig(AppConfig):
    name = "guestman"
    label = "guestman"
    verbose_name = _("Customers")
