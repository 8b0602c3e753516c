"""What the trail calls the acts of privacy."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from shopman import trail_words

trail_words.name_actions(
    {
        "privacy.erase": _("Erased"),
        "privacy.export": _("Copy of the data made"),
        "privacy.sweep": _("Swept after the erasure"),
    }
)
trail_words.name_events({"guestman.customer_erased": _("A customer was erased")})
