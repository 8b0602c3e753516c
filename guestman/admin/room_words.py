"""What the rooms of guestman write down about customers, in words; they need no page for it."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from shopman import trail_words
from shopman.trail_words import Kind

_ACTIONS: Final = {
    "identity.create": _("Customer made, nobody was found by what was said"),
    "identity.match": _("Recognised by what was said"),
    "identifier.add": _("Identifier added"),
    "identifier.accept": _("Claim accepted"),
    "identifier.refuse": _("Claim refused"),
    "identifier.release": _("Identifier released"),
    "review_item.open": _("Something to look at"),
    "review_item.reopen": _("Open again: a merge was taken back"),
    "review_item.resolve": _("Looked at and decided"),
    "blocked_value.add": _("Value blocked: it names nobody"),
    "blocked_value.remove": _("Value no longer blocked"),
    "customer.discard": _("Taken back with the import that made it"),
    "import.upload": _("File of customers taken in"),
    "import.fail": _("Import of customers failed"),
    "import.rejects": _("Rejected customers downloaded"),
    "contacts.check": _("Contact looked for"),
    "import.start": _("Import of customers begun"),
    "import.finish": _("Import of customers done"),
    "import.revert": _("Taking back of an import begun"),
    "import.reverted": _("Import taken back"),
    "customer.merge": _("Another record was merged into this one"),
    "customer.merge_away": _("Merged into another record"),
    "customer.unmerge": _("A merge was taken back"),
    "customer.unmerge_back": _("No longer merged into another record"),
    "pair.open": _("Possibly the same person as somebody else"),
    "pair.different": _("Found to be another person than somebody like them"),
    "pair.merged": _("Found to be the same person as somebody else"),
    "privacy.export": _("Copy of all data made"),
    "privacy.erase": _("Personal data erased"),
    "privacy.sweep": _("Personal data erased that came in later"),
}
_CALLED: Final = {
    "review_item": _("thing to look at"),
    "blocked_value": _("blocked value"),
    "tenant": _("shop"),
}

trail_words.name_actions(_ACTIONS)
for _key, _word in _CALLED.items():
    trail_words.name_kind(_key, Kind(called=_word))
trail_words.name_events(
    {
        "guestman.customer_discarded": _("A customer of an import was taken back with it"),
        "guestman.customer_erased": _("A customer's personal data was erased"),
        "guestman.customers_merged": _("Two records of a customer were merged"),
        "guestman.customers_unmerged": _("A merge of two records was taken back"),
    }
)
trail_words.name_commands(
    {
        "guestman_import": _("the import of customers"),
        "imports_purge": _("the clearing of old imports"),
        "guestman_import_leads": _("the import of leads"),
        "identifiers_check": _("the check of identifiers"),
        "backfill_identities": _("the gathering of identifiers"),
        "privacy_retain": _("the erasing of what is past its time"),
        "find_duplicates": _("the search for doubles"),
        "reapply_erasures": _("the repeating of erasures"),
    }
)
