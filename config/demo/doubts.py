"""Doubts about who is who in the sample shop: doubles, claims that disagree, values of nobody.

A few people are there twice, as old systems leave them, so that the search for duplicates and the
pages of identity have something to show.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Final

from django.core.management import CommandError, call_command
from django.db import transaction

from config.demo import shop
from config.demo.shop import SampleCustomer
from guestman.contrib.identifiers.models import BlockedValue
from guestman.contrib.identifiers.resolver import IdentityResolver
from guestman.contrib.identifiers.services import blocking
from guestman.contrib.merge import service as merges
from guestman.models import Customer
from guestman.services import contact_point, customer
from shopman.models import Tenant

#: Calls nobody by name: the telephone on the counter.
COUNTER: Final = "+551130001000"
SHORT_LIVED: Final = "one-hour-mail.example.com"
#: Of the sample customers with a number nobody proved, by their place: there twice, and merged.
TWICE: Final = (4, 9, 19, 29)
MERGED: Final = 34
#: Whose phone number came with whose proved e-mail address.
DISAGREEING: Final = ((6, 7), (12, 21))
OLD_NEWSLETTER: Final = "old-newsletter"
HEADER: Final = ("id", "first_name", "last_name", "email", "phone", "birth_date")


def fill(tenant: Tenant) -> None:
    """Bring the doubts in, once and as a whole."""
    if BlockedValue.objects.exists():
        return
    people = shop.customers()
    with transaction.atomic():
        blocking.block(family="phone", value=COUNTER, reason="The telephone on the shop's counter")
        blocking.block(family="domain", value=SHORT_LIVED, reason="Mailboxes for an hour")
        for place in TWICE:
            _twice(people[place])
        _merge(people[MERGED])
        for phone_of, email_of in DISAGREEING:
            _disagree(people[phone_of], people[email_of])
        _import(people[:3], tenant)
    call_command("find_duplicates", tenant=tenant.slug, no_progress=True, stdout=StringIO())


def _twice(person: SampleCustomer) -> Customer:
    """Somebody of the till's old list: same person, another number in front of the shop."""
    double = customer.create(
        code=f"TILL-{person.code[-3:]}",
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        source="till",
    )
    contact_point.add(customer=double, kind="phone", value=person.phone)
    return double


def _merge(person: SampleCustomer) -> None:
    survivor = Customer.objects.get(code=person.code)
    told = merges.preview(survivor=survivor, duplicate=_twice(person))
    merges.execute(preview=told, reason="Said at the counter that both are one account")


def _disagree(phone_of: SampleCustomer, email_of: SampleCustomer) -> None:
    """An order came with the phone of one customer and the e-mail of another."""
    IdentityResolver().resolve_identity(
        phone=phone_of.phone,
        email=email_of.email,
        name=f"{email_of.first_name} {email_of.last_name}",
        record=("order", f"DEMO-{phone_of.code[-3:]}"),
        source="checkout",
    )


def _import(known: Sequence[SampleCustomer], tenant: Tenant) -> None:
    """The newsletter's list: some are new, some are known, some cannot be read."""
    rows = [
        ("1", "Yara", "Figueiredo", "yara.figueiredo@example.com", "11 96123-4501", "1991-04-02"),
        ("2", "Nilo", "Barros", "nilo.barros@example.com", "", "1984-11-30"),
        ("3", "Olga", "Teixeira", "olga.teixeira@example", "11 96123-4503", ""),
        ("4", "Igor", "Menezes", "igor.menezes@example.com", "123", "1979-02-31"),
        ("5", known[0].first_name, known[0].last_name, known[0].email, known[0].phone, ""),
        ("6", "Unknown", "", known[1].email, known[2].phone, ""),
    ]
    with tempfile.TemporaryDirectory(prefix="demo-customers-") as folder:
        file = Path(folder) / "Old newsletter.csv"
        with file.open("w", encoding="utf-8", newline="") as target:
            csv.writer(target).writerows([HEADER, *rows])
        # Some rows are meant to be left out, which the command tells by its exit code.
        with suppress(CommandError):
            call_command(
                "guestman_import",
                file,
                source=OLD_NEWSLETTER,
                rejects=file.with_name("rejects.csv"),
                tenant=tenant.slug,
                no_progress=True,
                stdout=StringIO(),
            )
