"""What the rooms and the staff's pages write about the person, through their own services."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guestman.contrib.duplicates.models import DuplicatePair
from guestman.contrib.duplicates.services import comparison, decisions
from guestman.contrib.identifiers.models import BlockedValue, ReviewItem
from guestman.contrib.identifiers.resolver import IdentityResolver
from guestman.contrib.identifiers.service import IdentifierService
from guestman.contrib.identifiers.services import blocking
from guestman.contrib.imports.models import ImportRow
from guestman.contrib.imports.services import runs, uploads
from guestman.contrib.merge.service import execute, preview, unmerge
from guestman.models import Customer
from guestman.services import contact_point, customer
from shopman.models import Tenant
from tests.guestman.imports.files import source
from tests.privacy import someone
from tests.shopman.factories import member

LANDLINE = "+551132651177"
CARD = "CARD-QRSM-4471"
VALUES = (*someone.VALUES, "1132651177", CARD)
CSV = "Código,Nome,Celular,E-mail,Documento\n"


def make(made: Customer, tenant: Tenant, folder: Path) -> Customer:
    """Everything: twins, mistakes, files, searches, answers. Returns a namesake with a trail."""
    IdentifierService.add(customer=made, kind="loyalty_card", value=CARD)
    _taken_for_another(made)
    twin = _seen_twice(made)
    _in_files(folder)
    _staff(made, tenant)
    contact_point.add(customer=made, kind="phone", value=LANDLINE)
    contact_point.verify(
        contact_point=made.contact_points.get(match_key=LANDLINE), method="manual",
        reference="rang Marina Quaresma",
    )  # fmt: skip
    blocking.block(family="phone", value=LANDLINE, reason="Marina Quaresma rings all day")
    assert BlockedValue.objects.exists()
    return twin


def _taken_for_another(made: Customer) -> None:
    """Somebody merged her into a stranger, and noticed; and a true double is hers for good."""
    stranger = customer.create(first_name="Rosa", last_name="Prado", phone="+5511987650999")
    rows = Customer.objects.in_bulk([stranger.pk, made.pk])
    shown = preview(survivor=rows[stranger.pk], duplicate=rows[made.pk])
    merge = execute(preview=shown, reason="Marina Quaresma said so")
    unmerge(merge=merge, reason="not Marina Quaresma after all")
    double = customer.create(first_name="Marina", last_name="Quaresma", notes="tulip-lover")
    shown = preview(survivor=Customer.objects.get(pk=made.pk), duplicate=double)
    execute(preview=shown, reason="both are Marina Quaresma")
    made.refresh_from_db()


def _seen_twice(made: Customer) -> Customer:
    twin = customer.create(
        first_name="Marina", last_name="Quaresma", birth_date=made.birth_date, notes="a namesake"
    )
    comparison.compare([made.pk, twin.pk])
    for pair in DuplicatePair.objects.all():
        decisions.different(pair.pk, reason="Marina Quaresma has a cousin")
    # Her address beside the stranger's number: a matter for staff.
    IdentityResolver().resolve_identity(
        phone="+5511987650999", email=someone.EMAIL, name="Marina Quaresma", source="till"
    )
    assert DuplicatePair.objects.exists()
    assert ReviewItem.objects.exists()
    return twin


def _in_files(folder: Path) -> None:
    rows = (
        f"1,Marina Quaresma,11 98765-0456,{someone.EMAIL},{someone.DOCUMENT}\n"
        f"2,Rosa Prado,11 98765-0999,{someone.EMAIL},\n"
        f"3,Marina Quaresma,11 98765-0456,,123\n"
    )
    file = folder / "customers.csv"
    file.write_text(CSV + rows)
    runs.run(source(file))
    file.unlink()
    uploaded = uploads.receive(
        name="more.csv", size=200, chunks=SimpleUploadedFile("more.csv", (CSV + rows).encode())
    )
    uploads.choose(run=uploaded.pk, mapping=uploaded.mapping, is_trusted=False)
    for _ in range(20):
        uploads.advance(uploaded.pk)
    assert ImportRow.objects.exclude(content=[]).exists()


def _staff(made: Customer, tenant: Tenant) -> None:
    client = Client()
    client.force_login(member(tenant, "owner", username="olga"))
    for page in (
        "/admin/guestman/customer/?q=Marina+Quaresma",
        f"/admin/omniman/order/?q={someone.EMAIL}",
        f"/admin/guestman/customer/{made.pk}/change/",
    ):
        assert client.get(page).status_code == 200
    for url in (
        f"/api/v1/contacts?email={someone.EMAIL}", "/api/v1/customers?q=Quaresma",
    ):  # fmt: skip
        assert client.get(url).status_code == 200, url
    body: dict[str, Any] = {"first_name": "Marina", "last_name": "Quaresma", "notes": "zinnia"}
    made_by_staff = client.post(
        "/api/v1/customers", body, content_type="application/json",
        headers={"idempotency-key": str(uuid4())},
    )  # fmt: skip
    assert made_by_staff.status_code == 201, made_by_staff.content
    for other in Customer.objects.filter(notes="zinnia"):
        rows = Customer.objects.in_bulk([made.pk, other.pk])
        execute(preview=preview(survivor=rows[made.pk], duplicate=rows[other.pk]))
