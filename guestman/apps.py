from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GuestmanConfig(AppConfig):
    name = "guestman"
    label = "guestman"
    verbose_name = _("Customers")

    def ready(self) -> None:
        from guestman import checks, subjects, triggers
        from guestman.models import ContactPoint
        from guestman.services import contact_point, merging

        checks.connect()
        merging.register_core()
        subjects.connect()
        triggers.guard.connect(self)
        # Models know no service; the method on the model is bound to it here.
        ContactPoint.verify_with = staticmethod(contact_point.verify)
