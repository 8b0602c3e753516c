"""A person with something in every table, and the values that name them."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.utils import timezone

from doorman.models import Challenge, ProofTicket
from doorman.services import auth_event, identifier, seals, session
from guestman.contrib.insights.models import CustomerInsight, SegmentChange
from guestman.contrib.insights.service import InsightService
from guestman.models import Customer
from guestman.services import address, contact_point, customer, external_identity
from omniman.models import Channel, ImportReject, ImportRun, Order
from omniman.services import cart, checkout, order
from shopman import audit, clock, outbox
from shopman.actor import Actor
from shopman.actor import use as acting
from shopman.jobs import results
from shopman.models import IdempotencyRecord, Job, JobFailure, OutboxEvent, SavedView

#: Everything that names them, as it may stand in a row.
PHONE, OTHER_PHONE = "+5511987650123", "+5511987650456"
EMAIL = "marina.quaresma@exemplo.com.br"
DOCUMENT = "52998224725"
VALUES = (
    "Marina", "Quaresma", "11987650123", "11987650456", "marina.quaresma", DOCUMENT,
    "529.982.247-25", "marinaq_insta", "google-sub-8841", "1987-03-14", "Jacarandás",
    "Apto 4402", "05417-023", "zinnia allergy", "tulip-lover", "CLI-QUARESMA", "gift for Otto",
    "rang about the zinnias",
)  # fmt: skip
#: What may stay in orders that name a document, for as long as the law on taxes asks.
HELD = ("Marina", "Quaresma", DOCUMENT, "529.982.247-25", "Jacarandás", "Apto 4402", "05417-023")

HOME = {
    "street": "Rua dos Jacarandás",
    "number": "77",
    "complement": "Apto 4402",
    "city": "São Paulo",
    "postal_code": "05417-023",
    "country": "BR",
}


def make() -> Customer:
    """The person, through the services wherever there is one."""
    made = customer.create(
        code="CLI-QUARESMA",
        first_name="Marina",
        last_name="Quaresma",
        phone=PHONE,
        email=EMAIL,
        document=DOCUMENT,
        birth_date=dt.date(1987, 3, 14),
        notes="zinnia allergy",
        metadata={"nick": "tulip-lover"},
    )
    for contact in made.contact_points.all():
        contact_point.verify(contact_point=contact, method="manual", reference=EMAIL)
    contact_point.add(customer=made, kind="instagram", value="@marinaq_insta")
    contact_point.change_phone(customer=made, phone=OTHER_PHONE, method="otp_sms")
    contact_point.add(customer=made, kind="phone", value="(11) 98765-0123")
    address.add(customer=made, label="home of Marina", instructions="gift for Otto", **HOME)
    external_identity.link(
        customer=made,
        provider="google",
        subject="google-sub-8841",
        attributes={"name": "Marina Quaresma"},
    )
    made.refresh_from_db()
    _orders(made)
    _door(made)
    _kernel(made)
    InsightService.recalculate(made.code)
    SegmentChange.objects.create(
        customer=made,
        from_segment="new",
        to_segment="loyal",
        policy="bands",
        policy_version="1",
        as_of=clock.now(),
        changed_at=clock.now(),
    )
    assert CustomerInsight.objects.filter(customer=made).exists()
    return made


def place(made: Customer) -> Order:
    """An order of the customer, with an address."""
    row = cart.open_for_customer(customer_uuid=made.pk)
    cart.set_line(cart=row, sku="TEA", quantity=2)
    row = checkout.describe(cart=row, delivery_address=HOME, billing_address=HOME)
    return order.commit(cart=row, idempotency_key=str(uuid4()))


def as_guest(**contacts: str) -> Order:
    """An order of a guest who gave these contacts."""
    row = cart.open_for_guest().cart
    cart.set_line(cart=row, sku="CUP", quantity=1)
    row = checkout.describe(cart=row, delivery_address=HOME, **contacts)
    return order.commit(cart=row, idempotency_key=str(uuid4()))


def deliver(placed: Order) -> Order:
    """The order all the way to its customer."""
    for status in ("confirmed", "preparing", "ready", "dispatched", "delivered"):
        placed = order.transition(order=placed, to=status)
    return placed


def _orders(made: Customer) -> None:
    with acting(Actor(kind="customer", id=str(made.pk), label=made.code)):
        placed = place(made)
    order.note(order=placed, text="Marina rang about the zinnias")
    deliver(placed)
    deliver(as_guest(guest_name="Marina Quaresma", guest_email=EMAIL))
    deliver(as_guest(guest_name="M. Quaresma", guest_phone=OTHER_PHONE))
    left = cart.open_for_customer(customer_uuid=made.pk)
    cart.set_line(cart=left, sku="BEAN", quantity=1)
    checkout.describe(cart=left, delivery_address=HOME)
    guests = cart.open_for_guest().cart
    cart.set_line(cart=guests, sku="TEA", quantity=1)
    checkout.describe(cart=guests, guest_name="Marina Quaresma", guest_phone=OTHER_PHONE)
    run = ImportRun.objects.create(
        file_name="orders.csv", file_digest="0" * 64, mapping="m", mapping_digest="1" * 64,
        source="till", currency="BRL",
    )  # fmt: skip
    ImportReject.objects.create(
        run=run, line=7, reason="unknown_sku", content=["17", "Marina Quaresma", "(11) 98765-0456"]
    )
    assert Channel.objects.exists()


def _door(made: Customer) -> None:
    session.open(customer_uuid=made.pk, amr="sms", device="Chrome, Android")
    auth_event.record("signed_in", customer_uuid=made.pk)
    known = identifier.normalise(channel="sms", raw=OTHER_PHONE)
    now = timezone.now()
    facts: dict[str, Any] = {"channel": "sms", "identifier_hash": known.hash}
    code = Challenge(
        purpose="login", key_id="1", salt=b"s", code_mac=b"m", secret_hash="5" * 64, locale="pt-br",
        next_path="/for/marina.quaresma", resend_at=now, expires_at=now + dt.timedelta(minutes=5),
        **facts,
    )  # fmt: skip
    code.sealed_identifier = seals.seal(known.value, row=code.pk)
    code.save()
    ProofTicket.objects.create(
        challenge_uuid=code.pk, sealed_identifier=b"x", secret_hash="6" * 64,
        next_path="/for/marina.quaresma", expires_at=now, **facts,
    )  # fmt: skip


def _kernel(made: Customer) -> None:
    user, _ = get_user_model().objects.get_or_create(username="rita")
    audit.record(
        subject=f"job:{uuid4()}", action="job.start", after={"query": f"q={EMAIL}"},
        reason="for Marina Quaresma",
    )  # fmt: skip
    outbox.record("guestman.test", subject=made.subject, payload={"code": made.code})
    delivered = outbox.record("guestman.test", subject=made.subject, payload={"code": made.code})
    OutboxEvent.objects.filter(pk=delivered.pk).update(delivered_at=clock.now())
    body = f'{{"name": "Marina Quaresma", "uuid": "{made.pk}"}}'.encode()
    IdempotencyRecord.objects.create(
        principal="user:1", key="made", request_digest="0" * 64, status=201, body=body
    )
    IdempotencyRecord.objects.create(
        principal=made.subject, key="own", request_digest="0" * 64, status=201, body=b"{}"
    )
    job = Job.objects.create(
        kind="guestman.export", page="guestman.customer", user=user, status="done",
        query="q=marina.quaresma%40exemplo.com.br&status=active", parameters={"note": EMAIL},
        finished_at=clock.now(),
    )  # fmt: skip
    job.result = f"{job.pk}.csv"
    job.save()
    results.folder(job).mkdir(parents=True, exist_ok=True)
    (results.folder(job) / job.result).write_text(f"code,email\n{made.code},{EMAIL}\n")
    JobFailure.objects.create(job=job, row=made.pk, label=made.code, code="x", detail="Marina")
    SavedView.objects.create(
        user=user, page="guestman.customer", name="Quaresma", query="q=Marina+Quaresma"
    )
