from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OffermanConfig(AppConfig):
    name = "offerman"
    label = "offerman"
    verbose_name = _("Prices")

    def ready(self) -> None:
        from offerman import checks
        from offerman.services import quote

        checks.connect()
        # The port registers its own check when it is made.
        assert quote.customer_price_list is not None
