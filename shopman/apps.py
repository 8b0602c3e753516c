from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ShopmanConfig(AppConfig):
    name = "shopman"
    label = "shopman"
    verbose_name = _("Shop")

    def ready(self) -> None:
        from shopman import append_only, checks, keeping

        checks.connect()
        keeping.connect()
        append_only.guard.connect(self)
