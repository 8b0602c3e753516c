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
        from shopman import audit_trail

        audit_trail.name_actions(
            {
                "privacy.erase": _("Erased"),
                "privacy.export": _("Copy of the data made"),
                "privacy.sweep": _("Swept after the erasure"),
            }
        )
        checks.connect()
        subjects.connect()
        suppression.recognise_with(suppressions.recognised)
