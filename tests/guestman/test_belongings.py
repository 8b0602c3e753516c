"""Groups, addresses and external identities."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import override_settings
from pytest_django import Settings

from guestman import errors
from guestman.models import Customer, CustomerAddress, CustomerGroup, ExternalIdentity
from guestman.protocols.geocoder import Geocoder, PlaceSuggestion
from guestman.services import address, customer, external_identity, group, observers
from guestman.services.observers import ContactChange
from shopman import tenancy
from shopman.errors import Unavailable
from shopman.models import AuditEntry, Tenant
from tests.guestman.factories import CustomerAddressFactory, CustomerFactory, CustomerGroupFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]


def last_audit() -> AuditEntry:
    return AuditEntry.objects.latest("uuid")


def test_a_group_is_made_changed_and_audited() -> None:
    made = group.create(code="vip", name="  Very  important ", price_list_code="gold")
    assert (made.name, made.version) == ("Very important", 1)
    assert last_audit().after["code"] == "vip"
    with pytest.raises(errors.GroupCodeTaken):
        group.create(code="vip", name="Other")

    changed = group.update(group=made, price_list_code="", priority=5, expected_version=1)
    assert (changed.price_list_code, changed.priority, changed.version) == ("", 5, 2)
    assert last_audit().before == {"price_list_code": "gold", "priority": 0}
    assert group.update(group=made, priority=5).version == 2
    with pytest.raises(errors.StaleVersion) as refused:
        group.update(group=made, name="x", expected_version=1)
    assert [error.field for error in refused.value.errors] == ["price_list_code", "priority"]
    with pytest.raises(errors.InvalidText):
        group.update(group=made, name=" ")
    with pytest.raises(errors.GroupNotFound):
        group.update(group=CustomerGroup(), name="x")


def test_one_group_is_the_default() -> None:
    first, second = CustomerGroupFactory(is_default=True), CustomerGroupFactory()

    group.set_default(group=second)

    assert CustomerGroup.objects.get(is_default=True) == second
    first.refresh_from_db()
    assert first.version == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        CustomerGroupFactory(is_default=True)
    with pytest.raises(errors.GroupNotFound):
        group.set_default(group=CustomerGroup())


def test_a_customer_is_put_into_a_group() -> None:
    CustomerGroupFactory(code="vip")
    made = customer.create()

    assert group.assign(customer=made, group_code="vip").group is not None
    with pytest.raises(errors.UnknownGroup):
        group.assign(customer=made, group_code="none")
    assert group.assign(customer=made, group_code=None).group is None
    assert Customer.objects.get().version == 3


def test_the_first_address_of_a_purpose_is_the_default() -> None:
    made = customer.create()
    home = address.add(customer=made, label="Home", street="Rua A", city="Rio", country="br")
    work = address.add(customer=made, street="Rua B", city="Rio")
    bill = address.add(customer=made, street="Rua C", city="Rio", purpose="billing")

    assert [home.is_default, work.is_default, bill.is_default] == [True, False, True]
    assert (home.country, work.country) == ("BR", "BR")
    entry = last_audit()
    assert (entry.subject, entry.action) == (made.subject, "address.add")
    assert entry.after["addresses"][str(bill.pk)]["street"] == "Rua C"
    with pytest.raises(IntegrityError), transaction.atomic():
        CustomerAddressFactory(customer=made, is_default=True)


def test_a_default_moves_and_passes_on_when_the_address_is_removed() -> None:
    made = customer.create()
    first = address.add(customer=made, street="A", city="Rio")
    second = address.add(customer=made, street="B", city="Rio")

    address.set_default(address=second)
    assert [a.street for a in CustomerAddress.objects.filter(is_default=True)] == ["B"]
    address.remove(address=second)

    assert CustomerAddress.objects.live().get() == first
    assert CustomerAddress.objects.live().get().is_default
    assert CustomerAddress.objects.count() == 2
    for call in (address.remove, address.set_default, address.update):
        with pytest.raises(errors.AddressNotFound):
            call(address=second)


def test_an_address_is_changed_by_version() -> None:
    row = address.add(customer=customer.create(), street="A", city="Rio")

    changed = address.update(
        address=row,
        expected_version=1,
        number="7",
        latitude=Decimal("-23.5505199"),
        longitude=Decimal("-46.633309"),
    )
    assert (changed.number, changed.latitude, changed.version) == ("7", Decimal("-23.55052"), 2)
    address.update(address=row, city="Niterói", expected_version=2)
    with pytest.raises(errors.StaleVersion) as refused:
        address.update(address=row, street="B", expected_version=2)
    assert [error.field for error in refused.value.errors] == ["city"]
    assert address.update(address=row, city="Niterói").version == 3


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"street": ""}, errors.InvalidText),
        ({"city": " "}, errors.InvalidText),
        ({"country": "Brazil"}, errors.InvalidAddress),
        ({"purpose": "party"}, errors.InvalidChoice),
        ({"postal_code": "1" * 17}, errors.InvalidText),
        ({"latitude": Decimal(1)}, errors.InvalidAddress),
        ({"latitude": Decimal(91), "longitude": Decimal(0)}, errors.InvalidAddress),
        ({"latitude": Decimal("NaN"), "longitude": Decimal(0)}, errors.InvalidAddress),
    ],
)
def test_an_impossible_address_is_refused(facts: dict[str, object], error: type[Exception]) -> None:
    good = {"street": "A", "city": "Rio"}
    with pytest.raises(error):
        address.add(customer=customer.create(), **{**good, **facts})
    assert not CustomerAddress.objects.exists()


def test_half_a_position_cannot_be_left_behind() -> None:
    row = address.add(
        customer=customer.create(),
        street="A",
        city="Rio",
        latitude=Decimal(1),
        longitude=Decimal(2),
    )
    with pytest.raises(errors.InvalidAddress):
        address.update(address=row, latitude=None)


class Places(Geocoder):
    def suggest(
        self, text: str, *, country: str | None = None, limit: int = 5, session: str = ""
    ) -> Sequence[PlaceSuggestion]:
        return [PlaceSuggestion(place_id="p", label=f"{text} {country} {limit}")]

    def place(self, place_id: str, *, session: str = "") -> PlaceSuggestion:
        return PlaceSuggestion(place_id=place_id, label=session)


def test_addresses_are_suggested_by_the_geocoder() -> None:
    assert address.suggest("Rua") == ()
    with override_settings(GUESTMAN={"GEOCODER": f"{__name__}.Places"}):
        assert [place.label for place in address.suggest("Rua", limit=2)] == ["Rua BR 2"]
        assert address.is_suggested()
        assert address.place("p", session="s").label == "s"
    assert not address.is_suggested()
    with pytest.raises(Unavailable):
        address.place("p")


def test_an_account_is_linked_once_and_can_be_linked_anew() -> None:
    made, other = customer.create(), customer.create()
    seen: list[str] = []

    def observe(changes: Sequence[ContactChange]) -> None:
        seen.extend(each.change for each in changes)

    observers.register(observe)
    try:
        first = external_identity.link(
            customer=made, provider="google", subject="7", attributes={"name": "Ana"}
        )
        again = external_identity.link(customer=made, provider="google", subject="7")
        assert again == first
        assert again.attributes == {"name": "Ana"}
        external_identity.link(
            customer=made, provider="google", subject="7", attributes={"name": "Bia"}
        )
        with pytest.raises(errors.IdentityTaken):
            external_identity.link(customer=other, provider="google", subject="7")
        external_identity.link(customer=other, provider="google", subject="7", issuer="page-2")
        external_identity.unlink(external_identity=first)
        with pytest.raises(errors.IdentityNotFound):
            external_identity.unlink(external_identity=first)
        moved = external_identity.link(customer=other, provider="google", subject="7")
    finally:
        observers.unregister(observe)

    assert seen == ["added", "changed", "added", "released", "added"]
    assert moved.customer == other
    assert ExternalIdentity.objects.filter(is_active=True).count() == 2
    actions = AuditEntry.objects.filter(subject=made.subject).order_by("uuid")
    assert list(actions.values_list("action", flat=True)) == [
        "customer.create",
        "external_identity.link",
        "external_identity.update",
        "external_identity.unlink",
    ]


def test_another_tenants_customer_gets_nothing(other_tenant: Tenant) -> None:
    with tenancy.use(other_tenant):
        theirs = CustomerFactory()

    with pytest.raises(errors.CustomerNotFound):
        address.add(customer=theirs, street="A", city="Rio")
    with pytest.raises(errors.CustomerNotFound):
        external_identity.link(customer=theirs, provider="google", subject="7")
    with pytest.raises(errors.CustomerNotFound):
        group.assign(customer=theirs, group_code=None)


def test_belongings_stay_within_their_queries(django_assert_num_queries: object) -> None:
    made = customer.create()
    # One of each notes for the search of duplicates that the customer changed.
    with django_assert_num_queries(7):  # type: ignore[operator]
        row = address.add(customer=made, street="A", city="Rio")
    with django_assert_num_queries(7):  # type: ignore[operator]
        address.update(address=row, city="Niterói")
    # And an account is an identifier.
    with django_assert_num_queries(8):  # type: ignore[operator]
        external_identity.link(customer=made, provider="google", subject="7")


HOME = {"street": "Rua do Sol", "number": "7", "city": "Recife"}


def test_an_address_that_is_known_to_the_letter_is_not_written_twice() -> None:
    owner = CustomerFactory()
    first = address.add(customer=owner, **HOME)
    entries = AuditEntry.objects.count()
    assert address.add(customer=owner, **HOME).pk == first.pk
    assert AuditEntry.objects.count() == entries
    assert address.add(customer=owner, **HOME, complement="ap 2").pk != first.pk
    address.remove(address=first)
    assert address.add(customer=owner, **HOME).pk != first.pk
    assert address.add(customer=CustomerFactory(), **HOME).customer_id != owner.pk


def test_a_customer_has_no_more_addresses_than_one_may_have(settings: Settings) -> None:
    settings.GUESTMAN = {**settings.GUESTMAN, "MAX_ADDRESSES": 2}
    owner = CustomerFactory()
    made = [address.add(customer=owner, street=f"Street {n}", city="Recife") for n in range(2)]
    with pytest.raises(errors.TooManyAddresses):
        address.add(customer=owner, street="Street 3", city="Recife")
    address.remove(address=made[0])
    address.add(customer=owner, street="Street 3", city="Recife")
    assert CustomerAddress.objects.live().filter(customer=owner).count() == 2
