"""Contacts are added, verified, preferred, replaced and given up."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from guestman import errors, signals
from guestman.models import ContactPoint, ContactVerification, Customer
from guestman.services import contact_point, customer, observers
from guestman.services.observers import ContactChange
from shopman.models import AuditEntry, Immutable, OutboxEvent
from tests.guestman.factories import ContactPointFactory, CustomerFactory, suspected

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

OLD = "+5511987654321"
NEW = "+5521912345678"


def last_audit(row: Customer) -> AuditEntry:
    return AuditEntry.objects.filter(subject=row.subject).latest("uuid")


def names_of_events(row: Customer) -> list[str]:
    events = OutboxEvent.objects.filter(subject=row.subject).order_by("uuid")
    return [event.name.removeprefix("guestman.") for event in events]


def test_the_first_contact_of_a_kind_is_primary_and_copied() -> None:
    made = customer.create(code="a")
    first = contact_point.add(customer=made, kind="phone", value="11 98765-4321")
    second = contact_point.add(customer=made, kind="phone", value=NEW, evidence="U", source="form")

    row = Customer.objects.get()
    assert (row.phone, row.version) == (OLD, 3)
    assert (first.is_primary, second.is_primary) == (True, False)
    assert (second.evidence, second.source, second.verification_method) == (
        "U",
        "form",
        "unverified",
    )
    assert customer.search("21 91234-5678") == [row]
    entry = last_audit(row)
    assert entry.action == "contact_point.add"
    assert entry.after["contact_points"][str(second.pk)]["value"] == NEW
    assert names_of_events(row) == ["customer_created", "customer_updated"]


@pytest.mark.parametrize(
    ("kind", "value", "family", "key"),
    [
        ("phone", "(11) 98765-4321", "phone", OLD),
        ("phone", "+44 20 8366 1177 ext 12", "phone", "+442083661177;ext=12"),
        ("whatsapp", "+551187654321", "phone", "+551187654321"),
        ("whatsapp", "5215512345678", "phone", "+5215512345678"),
        ("email", " Ana@EXAMPLE.com ", "email", "ana@example.com"),
        ("instagram", "@Ana.Souza", "instagram", "ana.souza"),
        ("telegram", "AnaS", "telegram", "anas"),
    ],
)
def test_contacts_are_kept_as_given_and_compared_in_one_form(
    kind: str, value: str, family: str, key: str
) -> None:
    contact_point.add(customer=customer.create(), kind=kind, value=value)

    row = ContactPoint.objects.get()
    assert (row.value, row.family, row.match_key) == (value.strip(), family, key)


def test_a_customer_has_a_number_once_whatever_the_kind() -> None:
    made = customer.create(phone=OLD)

    for kind in ("phone", "whatsapp"):
        with pytest.raises(errors.ContactExists):
            contact_point.add(customer=made, kind=kind, value="+55 11 98765-4321")
    assert ContactPoint.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "value", "error"),
    [
        ("phone", OLD, errors.PhoneTaken),
        ("whatsapp", OLD, errors.PhoneTaken),
        ("email", "a@b.co", errors.EmailTaken),
        ("instagram", "ana", errors.ContactTaken),
    ],
)
def test_what_somebody_verified_cannot_be_added_but_shared(
    kind: str, value: str, error: type[Exception]
) -> None:
    ContactPointFactory(kind=kind, value=value, evidence="V", verification_method="manual")
    made = customer.create()

    with pytest.raises(error) as refused:
        contact_point.add(customer=made, kind=kind, value=value)
    assert type(refused.value) is error
    shared = contact_point.add(customer=made, kind=kind, value=value, is_shared=True)
    assert shared.is_shared


@pytest.mark.parametrize(
    ("kind", "value", "error"),
    [
        ("phone", "12", errors.InvalidPhone),
        ("email", "x", errors.InvalidEmail),
        ("instagram", "two words", errors.InvalidContact),
        ("pigeon", "x", errors.InvalidContact),
    ],
)
def test_what_is_no_contact_is_refused(kind: str, value: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        contact_point.add(customer=customer.create(), kind=kind, value=value)
    assert not ContactPoint.objects.exists()


def test_verifying_raises_evidence_and_leaves_history() -> None:
    made = customer.create(phone=OLD)
    contact = made.contact_points.get()

    contact.mark_verified(method="otp_sms", reference="challenge-1")

    row = ContactPoint.objects.get()
    assert (row.evidence, row.verification_method) == ("V", "otp_sms")
    assert row.verified_at == row.last_seen_at
    assert row.verified_at is not None
    history = ContactVerification.objects.get()
    assert (history.change, history.method, history.reference, history.actor) == (
        "verified",
        "otp_sms",
        "challenge-1",
        "system",
    )
    changed = last_audit(made).after["contact_points"][str(row.pk)]
    assert changed["evidence"] == "V"
    assert names_of_events(made)[-1] == "contact_point_verified"
    assert OLD not in str(list(OutboxEvent.objects.values_list("payload", flat=True)))


def test_history_cannot_be_changed_or_deleted() -> None:
    made = customer.create(phone=OLD)
    made.contact_points.get().mark_verified(method="otp_sms")
    row = ContactVerification.objects.get()

    row.method = "manual"
    with pytest.raises(Immutable):
        row.save()
    with pytest.raises(Immutable):
        row.delete()
    with pytest.raises(Immutable):
        ContactVerification.objects.update(method="manual")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE guestman_contactverification SET method = 'manual'")
    assert ContactVerification.objects.get().method == "otp_sms"


def test_proving_again_moves_only_the_time_it_was_last_seen() -> None:
    made = customer.create(phone=OLD)
    with time_machine.travel(dt.datetime(2026, 1, 1, tzinfo=dt.UTC), tick=False):
        contact = made.contact_points.get().mark_verified(method="otp_sms")
    with time_machine.travel(dt.datetime(2026, 2, 1, tzinfo=dt.UTC), tick=False):
        contact_point.verify(contact_point=contact, method="otp_sms")

    row = ContactPoint.objects.get()
    assert row.verified_at == dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    assert row.last_seen_at == dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
    assert ContactVerification.objects.count() == 1
    assert Customer.objects.get().version == 2
    assert "stale_contact_proved" not in names_of_events(made)

    contact_point.verify(contact_point=contact, method="otp_whatsapp")
    assert ContactVerification.objects.count() == 2
    assert ContactPoint.objects.get().verification_method == "otp_whatsapp"


@pytest.mark.parametrize("method", ["unverified", "email_link", "guess", ""])
def test_what_proves_nothing_verifies_nothing(method: str) -> None:
    made = customer.create(phone=OLD)

    with pytest.raises(errors.InvalidMethod):
        contact_point.verify(contact_point=made.contact_points.get(), method=method)
    assert ContactPoint.objects.get().evidence == "A"


def test_possession_wins_over_what_others_only_said() -> None:
    claimed = customer.create(phone=OLD, first_name="Claimed")
    spare = contact_point.add(customer=claimed, kind="phone", value=NEW)
    shared = contact_point.add(customer=customer.create(), kind="phone", value=OLD, is_shared=True)
    prover = customer.create(phone=OLD, first_name="Prover")

    with suspected() as pairs:
        prover.contact_points.get().mark_verified(method="otp_sms")

    assert [(each.one, each.other, each.reason) for each in pairs] == [
        (*sorted((claimed.pk, prover.pk)), "proved_by_another")
    ]
    assert OLD not in str(pairs[0].evidence)
    lost = claimed.contact_points.get(match_key=OLD)
    assert lost.released_at is not None
    claimed.refresh_from_db()
    assert claimed.phone == NEW
    spare.refresh_from_db()
    assert spare.is_primary
    shared.refresh_from_db()
    assert shared.released_at is None
    assert lost.verifications.get().change == "superseded"
    assert names_of_events(claimed)[-2:] == ["contact_point_released", "customer_updated"]
    assert last_audit(claimed).action == "contact_point.supersede"
    assert customer.get_by_phone(OLD) == prover


def test_a_verified_contact_cannot_be_verified_for_another() -> None:
    owner = ContactPointFactory(value=OLD, evidence="V")
    other = ContactPointFactory(value=OLD, evidence="A")

    with pytest.raises(errors.PhoneTaken):
        contact_point.verify(contact_point=other, method="otp_sms")
    assert customer.get_by_phone(OLD) == owner.customer


def test_the_database_itself_refuses_a_second_owner() -> None:
    ContactPointFactory(value=OLD, evidence="V")

    with pytest.raises(IntegrityError), transaction.atomic():
        ContactPointFactory(kind="whatsapp", value=OLD, evidence="V")
    ContactPointFactory(value=OLD, evidence="V", is_shared=True)


@pytest.mark.parametrize(
    "facts",
    [
        {"evidence": "X"},
        {"evidence": "V", "verified_at": None},
        {"evidence": "V", "verification_method": "unverified"},
        {"evidence": "A", "verification_method": "otp_sms"},
        {"is_primary": True, "released_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)},
        {"family": "email"},
        {"match_key": ""},
    ],
)
def test_the_database_refuses_impossible_contacts(facts: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactPointFactory(**facts)


def test_another_contact_becomes_primary() -> None:
    made = customer.create(phone=OLD)
    other = contact_point.add(customer=made, kind="phone", value=NEW)

    contact_point.make_primary(contact_point=other)

    assert Customer.objects.get().phone == NEW
    assert [c.match_key for c in made.contact_points.filter(is_primary=True)] == [NEW]
    version = Customer.objects.get().version
    contact_point.make_primary(contact_point=other)
    assert Customer.objects.get().version == version


def test_changing_the_phone_verifies_the_new_one_and_releases_the_old_one() -> None:
    made = customer.create(phone=OLD)
    made.contact_points.get().mark_verified(method="otp_sms")

    new = contact_point.change_phone(customer=made, phone="21 91234-5678", method="otp_sms")

    row = Customer.objects.get()
    assert row.phone == NEW
    assert (new.evidence, new.is_primary) == ("V", True)
    old = row.contact_points.get(match_key=OLD)
    assert (old.is_primary, old.evidence) == (False, "V")
    assert old.released_at is not None
    assert customer.get_by_phone(OLD) is None
    assert customer.get_by_phone(NEW) == row
    assert customer.search(OLD) == []
    assert last_audit(row).before["phone"] == OLD
    released = OutboxEvent.objects.get(name="guestman.contact_point_released")
    assert released.payload["reason"] == "changed"


def test_changing_the_phone_to_one_the_customer_has_keeps_one_row() -> None:
    made = customer.create(phone=OLD)
    contact_point.add(customer=made, kind="whatsapp", value=NEW)

    contact_point.change_phone(customer=made, phone=NEW, method="otp_whatsapp")

    live = ContactPoint.objects.live().get()
    assert (live.kind, live.match_key, live.evidence) == ("phone", NEW, "V")
    contact_point.change_phone(customer=made, phone=NEW, method="otp_whatsapp")
    assert ContactPoint.objects.live().get() == live


def test_a_phone_of_somebody_else_cannot_be_taken_over() -> None:
    ContactPointFactory(value=NEW, evidence="V")
    made = customer.create(phone=OLD)

    with pytest.raises(errors.PhoneTaken):
        contact_point.change_phone(customer=made, phone=NEW, method="otp_sms")
    made.refresh_from_db()
    assert made.phone == OLD
    assert made.contact_points.get().released_at is None


@pytest.mark.parametrize(
    ("phone", "method", "error"),
    [("12", "otp_sms", errors.InvalidPhone), (NEW, "email_link", errors.InvalidMethod)],
)
def test_a_phone_change_needs_a_number_and_a_proof(
    phone: str, method: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        contact_point.change_phone(customer=customer.create(phone=OLD), phone=phone, method=method)


def test_a_released_contact_is_history_and_another_one_takes_its_place() -> None:
    made = customer.create(phone=OLD)
    typed = contact_point.add(customer=made, kind="phone", value="+5521999990001")
    proved = contact_point.add(customer=made, kind="phone", value=NEW)
    proved.mark_verified(method="otp_sms")

    contact_point.release(contact_point=made.contact_points.get(match_key=OLD))

    assert Customer.objects.get().phone == NEW
    assert typed.pk != proved.pk
    gone = made.contact_points.get(match_key=OLD)
    with pytest.raises(errors.ContactReleased):
        contact_point.release(contact_point=gone)
    with pytest.raises(errors.ContactReleased):
        contact_point.verify(contact_point=gone, method="otp_sms")
    with pytest.raises(errors.ContactReleased):
        contact_point.make_primary(contact_point=gone)
    # The number is free for everybody again, its former holder included.
    assert contact_point.add(customer=made, kind="phone", value=OLD).evidence == "A"


def test_a_mistyped_contact_is_deleted_and_a_proved_one_is_not() -> None:
    made = customer.create(phone=OLD, email="a@b.co")
    phone, email = made.contact_points.get(kind="phone"), made.contact_points.get(kind="email")
    phone.mark_verified(method="otp_sms")

    contact_point.remove(contact_point=email)

    assert Customer.objects.get().email == ""
    assert not ContactPoint.objects.filter(kind="email").exists()
    assert last_audit(made).before["contact_points"][str(email.pk)]["value"] == "a@b.co"
    with pytest.raises(errors.ContactVerified):
        contact_point.remove(contact_point=phone)
    with pytest.raises(errors.ContactNotFound):
        contact_point.remove(contact_point=email)


def test_a_shared_contact_is_found_and_never_decides() -> None:
    made = customer.create(phone=OLD)
    contact_point.share(contact_point=made.contact_points.get())

    assert customer.get_by_phone(OLD) is None
    assert customer.search(OLD) == [made]


def test_a_closed_customer_gets_no_contacts() -> None:
    made = customer.create(phone=OLD)
    customer.deactivate(made.code, reason="x")
    contact = made.contact_points.get()

    for call in (
        lambda: contact_point.add(customer=made, kind="phone", value=NEW),
        lambda: contact_point.verify(contact_point=contact, method="otp_sms"),
        lambda: contact_point.make_primary(contact_point=contact),
        lambda: contact_point.change_phone(customer=made, phone=NEW, method="otp_sms"),
    ):
        with pytest.raises(errors.CustomerInactive):
            call()
    with pytest.raises(errors.CustomerNotFound):
        contact_point.add(customer=Customer(), kind="phone", value=NEW)


def test_observers_see_every_change_and_can_undo_it() -> None:
    seen: list[tuple[str, str]] = []

    def observe(changes: object) -> None:
        assert isinstance(changes, list)
        for each in changes:
            assert isinstance(each, ContactChange)
            assert isinstance(each.row, ContactPoint)
            seen.append((each.row.match_key, each.change))
            if each.row.match_key == "bad@b.co":
                raise ValueError("no")

    observers.register(observe)
    try:
        made = customer.create(phone=OLD)
        made.contact_points.get().mark_verified(method="otp_sms")
        contact_point.change_phone(customer=made, phone=NEW, method="otp_sms")
        mail = contact_point.add(customer=made, kind="email", value="a@b.co")
        contact_point.remove(contact_point=mail)
        with pytest.raises(ValueError, match="no"):
            contact_point.add(customer=made, kind="email", value="bad@b.co")
    finally:
        observers.unregister(observe)

    assert seen == [
        (OLD, "added"),
        (OLD, "verified"),
        (OLD, "released"),
        (NEW, "verified"),
        ("a@b.co", "added"),
        ("a@b.co", "removed"),
        ("bad@b.co", "added"),
    ]
    assert not ContactPoint.objects.filter(match_key="bad@b.co").exists()


def test_signals_come_after_commit_with_values_for_code_in_process(
    django_capture_on_commit_callbacks: object,
) -> None:
    heard: list[dict[str, object]] = []

    def on_updated(**facts: object) -> None:
        heard.append(facts)

    made = customer.create(phone=OLD)
    signals.customer_updated.connect(on_updated)
    try:
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            contact_point.change_phone(customer=made, phone=NEW, method="otp_sms")
            assert heard == []
    finally:
        signals.customer_updated.disconnect(on_updated)

    (facts,) = heard
    assert facts["customer_uuid"] == made.pk
    assert facts["changes"] == {"phone": {"old": OLD, "new": NEW}}


def test_contact_services_stay_within_their_queries(
    django_assert_max_num_queries: object,
) -> None:
    # PostgreSQL takes one more for the lock of the number. The identifiers derived from a contact
    # take one, and one more where a proof ends what others only claimed.
    count: object = django_assert_max_num_queries
    made = customer.create(phone=OLD)
    CustomerFactory()
    with count(11):  # type: ignore[operator]
        other = contact_point.add(customer=made, kind="phone", value=NEW)
    with count(15):  # type: ignore[operator]
        contact_point.verify(contact_point=other, method="otp_sms")
    with count(9):  # type: ignore[operator]
        contact_point.verify(contact_point=other, method="otp_sms")
    with count(11):  # type: ignore[operator]
        contact_point.make_primary(contact_point=other)
    with count(15):  # type: ignore[operator]
        contact_point.change_phone(customer=made, phone="+5531912345678", method="otp_sms")
