from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IdentifiersConfig(AppConfig):
    name = "guestman.contrib.identifiers"
    label = "guestman_identifiers"
    verbose_name = _("Identifiers")

    def ready(self) -> None:
        from guestman.contrib.identifiers import subjects
        from guestman.contrib.identifiers.services import derivation
        from guestman.services import observers

        observers.register(derivation.on_contacts)
        observers.register_customers(derivation.on_customers)
        observers.register_newcomers(
            derivation.on_newcomers,
            instead_of=(derivation.on_contacts, derivation.on_customers),
        )
        subjects.connect()
