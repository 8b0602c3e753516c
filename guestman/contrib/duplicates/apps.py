from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DuplicatesConfig(AppConfig):
    name = "guestman.contrib.duplicates"
    label = "guestman_duplicates"
    verbose_name = _("Duplicates")

    def ready(self) -> None:
        from guestman.contrib.duplicates import subjects
        from guestman.contrib.duplicates.services import decisions, marks
        from guestman.services import observers, suspicion

        observers.register_customers(marks.on_customers)
        observers.register(marks.on_contacts)
        observers.register_newcomers(
            marks.on_newcomers, instead_of=(marks.on_customers, marks.on_contacts)
        )
        suspicion.register(decisions.on_suspicion)
        subjects.connect()
