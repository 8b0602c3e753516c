from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InsightsConfig(AppConfig):
    name = "guestman.contrib.insights"
    label = "guestman_insights"
    verbose_name = _("Insights")

    def ready(self) -> None:
        from guestman.contrib.insights import checks, subjects
        from guestman.contrib.insights.service import section
        from guestman.contrib.insights.service import worth as amounts
        from guestman.services import sections, worth

        checks.connect()
        subjects.connect()
        worth.register(amounts.of)
        sections.register("insight", section.of)
