"""What fields, outcomes and reasons are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guestman.contrib.imports.rules.columns import FIELDS
from guestman.contrib.imports.rules.table import Table
from shopman.admin.acts import Text

FIELD_NAMES: Final[Mapping[str, Text]] = {
    "external_id": gettext_lazy("Number in the other system"),
    "name": gettext_lazy("Full name"),
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "phone": gettext_lazy("Phone"),
    "phone_2": gettext_lazy("Second phone"),
    "email": gettext_lazy("E-mail"),
    "email_2": gettext_lazy("Second e-mail"),
    "document": gettext_lazy("Document"),
    "birth_date": gettext_lazy("Birth date"),
    "group": gettext_lazy("Group"),
    "customer_type": gettext_lazy("Person or company"),
    "notes": gettext_lazy("Notes"),
    "source": gettext_lazy("Where the customer came from"),
    "locale": gettext_lazy("Language"),
    "street": gettext_lazy("Street"),
    "number": gettext_lazy("House number"),
    "complement": gettext_lazy("Complement"),
    "district": gettext_lazy("District"),
    "city": gettext_lazy("City"),
    "region": gettext_lazy("State or region"),
    "postal_code": gettext_lazy("Postal code"),
    "country": gettext_lazy("Country"),
}

_REASONS: Final[Mapping[str, Text]] = {
    "several_customers": gettext_lazy("It fits several customers"),
    "documents_differ": gettext_lazy("The documents differ"),
    "birth_dates_differ": gettext_lazy("The birth dates differ"),
    "names_contradict": gettext_lazy("The names contradict each other"),
    "company_and_person": gettext_lazy("A company and a person"),
    "document_of_several": gettext_lazy("Several people with one document"),
    "too_many_rows": gettext_lazy("Too many rows for one person"),
    "too_many_contacts": gettext_lazy("Too many phones or e-mails for one person"),
    "only_shared_contacts": gettext_lazy("Only contacts that many people share"),
    "erased_person": gettext_lazy("Belongs to somebody who asked to be forgotten"),
    "nothing_to_resolve": gettext_lazy("No phone, e-mail, document or number to know it by"),
    "column_count": gettext_lazy("Too many or too few cells"),
    "not_readable": gettext_lazy("The row cannot be read"),
    "invalid_phone": gettext_lazy("Not a phone number"),
    "invalid_email": gettext_lazy("Not an e-mail address"),
    "invalid_document": gettext_lazy("Not a document number"),
    "invalid_birth_date": gettext_lazy("Not a birth date"),
    "invalid_choice": gettext_lazy("A value that is not known here"),
    "invalid_text": gettext_lazy("Too long, or with characters that cannot be kept"),
    "invalid_locale": gettext_lazy("Not a language of the shop"),
    "invalid_address": gettext_lazy("Not an address"),
    "email": gettext_lazy("Same e-mail"),
    "phone": gettext_lazy("Same phone"),
    "document": gettext_lazy("Same document"),
    "changed": gettext_lazy("changed since"),
    "has_orders": gettext_lazy("has orders"),
    "in_use": gettext_lazy("is in use elsewhere"),
    "merged": gettext_lazy("was merged"),
}

KINDS: Final[Mapping[str, Text]] = {
    "create": gettext_lazy("New customers"),
    "match": gettext_lazy("Existing customers"),
    "conflict": gettext_lazy("Conflicts"),
    "reject": gettext_lazy("Rejected rows"),
    "same": gettext_lazy("Imported before"),
}

TONES: Final[Mapping[str, str]] = {
    "draft": "info",
    "previewing": "info",
    "previewed": "warning",
    "running": "info",
    "finished": "success",
    "reverting": "info",
    "reverted": "warning",
    "failed": "danger",
}


def reason(code: str) -> str:
    """A reason as people read it; an unknown one as it is."""
    return str(_REASONS.get(code, code))


def errors(found: Any) -> str:
    """What is wrong with the cells of a row: ``Phone: Not a phone number``."""
    return "; ".join(
        f"{FIELD_NAMES[field]}: {reason(code)}" if field in FIELD_NAMES else reason(code)
        for field, code in found
    )


def told(table: Table) -> str:
    """How the file was read."""
    if table.form is None:
        return _("Excel workbook")
    return _("CSV in %(encoding)s, columns separated by “%(delimiter)s”") % {
        "encoding": table.form.encoding.upper(),
        "delimiter": {"\t": _("tab")}.get(table.form.delimiter, table.form.delimiter),
    }


def choices() -> list[tuple[str, Text]]:
    """The fields a column may be."""
    return [("", _("Leave out")), *((name, FIELD_NAMES[name]) for name in FIELDS)]
