from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    name = "guestman.contrib.privacy"
    label = "guestman_privacy"
    verbose_name = _("Privacy")

    def ready(self) -> None:
        from guestman.contrib.privacy import checks, subjects
        from guestman.contrib.privacy.service import suppression as suppressions
        from guestman.services import suppression

        checks.connect()
        subjects.connect()
        suppression.recognise_with(suppressions.recognised)
