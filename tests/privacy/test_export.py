"""A person gets a copy of what is kept about them, and nothing about anybody else."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

import pytest

from guestman.contrib.privacy.service import erase, export
from guestman.errors import CustomerErased
from guestman.models import Customer
from guestman.services import contact_point, customer
from guestman.services.proof import contact_of_phone
from omniman.services import order
from shopman.models import AuditEntry
from tests.privacy import someone

pytestmark = pytest.mark.django_db


def unzipped(of: Customer) -> dict[str, str]:
    out = io.BytesIO()
    export(customer=of).write_zip(out)
    with zipfile.ZipFile(out) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


class TestTheData:
    def test_has_everything_the_person_knows_of(self, marina: Customer) -> None:
        text = json.dumps(export(customer=marina).data, ensure_ascii=False)
        for value in (
            "Marina", "Quaresma", someone.PHONE, someone.OTHER_PHONE, someone.EMAIL,
            someone.DOCUMENT, "@marinaq_insta", "google-sub-8841", "1987-03-14", "zinnia allergy",
            "tulip-lover", "Rua dos Jacarandás", "05417-023", "Chrome, Android", "TEA",
        ):  # fmt: skip
            assert value in text, value

    def test_has_orders_placed_as_a_guest_with_a_proved_contact(self, marina: Customer) -> None:
        orders = export(customer=marina).data["sections"]["omniman.orders"]
        assert len(orders) == 3

    def test_has_no_orders_of_a_contact_that_was_only_typed(self, marina: Customer) -> None:
        contact_point.add(customer=marina, kind="email", value="otto@exemplo.com.br")
        someone.as_guest(guest_name="Otto Lima", guest_email="otto@exemplo.com.br")
        assert "Otto Lima" not in json.dumps(export(customer=marina).data)

    def test_has_no_orders_of_a_former_holder_of_the_number(self, marina: Customer) -> None:
        contact_point.add(customer=marina, kind="phone", value="+5511987652222")
        contact_point.verify(
            contact_point=marina.contact_points.get(match_key="+5511987652222"), method="otp_sms"
        )
        someone.as_guest(guest_name="Otto Lima", guest_phone="+5511987652222")
        someone.as_guest(guest_name="Marina", guest_phone="+5511987652222")
        told = export(customer=marina).data["sections"]["omniman.orders"]
        assert len(told) == 4
        assert "Otto Lima" not in json.dumps(told)

    def test_of_somebody_without_a_name_has_no_orders_of_named_guests(
        self, marina: Customer
    ) -> None:
        phone = "+5511987652222"
        someone.as_guest(guest_name="Otto Lima", guest_phone=phone)
        contact = contact_of_phone(phone, method="otp_sms")
        assert "Otto Lima" not in json.dumps(export(customer=contact.customer).data)

    def test_names_nobody_of_the_staff(self, marina: Customer, django_user_model: Any) -> None:
        rita = django_user_model.objects.get(username="rita")
        placed = someone.place(marina)
        order.note(order=placed, text="called back")
        assert rita.username not in json.dumps(export(customer=marina).data)

    def test_names_no_other_customer(self, marina: Customer) -> None:
        customer.create(first_name="Otto", last_name="Lima", phone="+5511987652222")
        assert "Otto Lima" not in json.dumps(export(customer=marina).data)
        assert "987652222" not in json.dumps(export(customer=marina).data)

    def test_is_on_record(self, marina: Customer) -> None:
        export(customer=marina)
        assert AuditEntry.objects.get(action="privacy.export").subject == marina.subject

    def test_of_an_erased_customer_is_refused(self, marina: Customer) -> None:
        erase(customer=marina, reason="request 17")
        with pytest.raises(CustomerErased):
            export(customer=marina)


class TestTheZip:
    def test_holds_a_page_the_json_and_tables(self, marina: Customer) -> None:
        files = unzipped(marina)
        assert next(iter(files)) == "index.html"
        assert {"data.json", "guestman.customer.csv", "omniman.orders.csv"} <= set(files)
        assert json.loads(files["data.json"])["sections"]["guestman.addresses"][0]["number"] == "77"
        rows = list(csv.DictReader(io.StringIO(files["guestman.contacts.csv"])))
        assert someone.EMAIL in [row["value"] for row in rows]
        assert "Rua dos Jacarandás" in files["index.html"]

    def test_says_the_same_as_the_data(self, marina: Customer) -> None:
        files = unzipped(marina)
        told = json.loads(files["data.json"])["sections"]
        known = export(customer=marina).data["sections"]
        # Each copy is on record, so the trail is longer in the second one.
        assert {**known, "shopman.audit": None} == {**told, "shopman.audit": None}

    def test_is_safe_to_open(self, marina: Customer) -> None:
        customer.update(marina.code, notes='=HYPERLINK("http://x")<script>alert(1)</script>')
        files = unzipped(marina)
        assert "<script>" not in files["index.html"]
        (row,) = csv.DictReader(io.StringIO(files["guestman.customer.csv"]))
        assert row["notes"].startswith("'=HYPERLINK")

    def test_reads_rows_a_few_at_a_time(self, marina: Customer, monkeypatch: Any) -> None:
        monkeypatch.setattr("guestman.contrib.privacy.service.exporting.BATCH_SIZE", 1)
        assert len(json.loads(unzipped(marina)["data.json"])["sections"]["omniman.orders"]) == 3
