"""Staff find customers by what they remember."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from guestman.models import ContactPoint, Customer
from guestman.rules import searching, similarity
from guestman.services import contact_point, customer, search
from guestman.services.contact_book import searched
from guestman.services.search import Found, find, matches
from shopman import tenancy
from shopman.models import Tenant
from shopman.text import fold
from tests.guestman.factories import CustomerFactory


@pytest.fixture
def jose(in_tenant: Tenant) -> Customer:
    made = customer.create(
        code="LOJA-42",
        first_name="José Antônio",
        last_name="Álvares de Sá",
        phone="+5511987654321",
        email="jose_a.sa+loja@example.com",
        document="390.533.447-05",
    )
    contact_point.add(customer=made, kind="instagram", value="@Ze.Alvares")
    contact_point.add(customer=made, kind="phone", value="+44 20 8366 1177 ext 12")
    customer.create(first_name="Maria", last_name="Souza", phone="+5521912345678")
    return Customer.objects.get(code="LOJA-42")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "jose",
        "JOSÉ",
        "álvares josé",
        "  antonio   alv ",
        "sá",
        "loja-42",
        "Loja",
        "390.533.447-05",
        "39053344705",
        "390 533 447",
        "+55 11 98765-4321",
        "+5511987654321",
        "(11) 98765-4321",
        "11987654321",
        "011 98765 4321",
        "tel:+55-11-98765-4321",
        "98765-4321",
        "9 8765 4321",
        "１１ ９８７６５-４３２１",
        "11 8765-4321",
        "4321",
        "jose_a.sa+loja@example.com",
        "JOSE_A.SA",
        "@example.com",
        "ze.alvares",
        "020 8366 1177",
        "jose 4321",
        "jose - alvares",
    ],
)
def test_a_customer_is_found_by(text: str, jose: Customer) -> None:
    assert jose in customer.search(text)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "-",
        "%",
        "_",
        "\x00",
        "jose%alvares",
        "joseXa.sa",
        "jose\\_a",
        "antonio maria",
        "+5511987654322",
        "390.533.447-06",
        "josé alvaresdesouza",
        "x" * 5000,
    ],
)
def test_nobody_is_found_by(text: str, jose: Customer) -> None:
    assert customer.search(text) == []


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["josé alvaresde", "Jsoé", "antnio alvarez", "alvraes"])
def test_a_mistyped_name_finds_similar_ones_and_says_so(text: str, jose: Customer) -> None:
    found = find(text)
    assert found.customers == [jose]
    assert found.is_similar
    assert customer.search(text) == [jose]
    assert not find("jose").is_similar


@pytest.mark.django_db
def test_it_is_said_when_not_everybody_was_compared(
    in_tenant: Tenant, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr(search, "_has_trigrams", lambda: False)
    settings.GUESTMAN = {**settings.GUESTMAN, "SEARCH_CANDIDATES": 3}
    wanted = customer.create(first_name="Wolfgang")
    for name in ("Ana", "Bia"):
        customer.create(first_name=name)
    assert find("Wolfgnag") == Found(customers=[wanted], is_similar=True)
    customer.create(first_name="Carla")
    assert find("Wolfgnag") == Found(is_similar=True, is_partial=True)


@pytest.mark.django_db
def test_wildcards_mean_themselves(in_tenant: Tenant) -> None:
    wild = customer.create(email="a_b@x.com")
    plain = customer.create(email="aXb@x.com")
    customer.create(email="a%b@x.com")

    assert customer.search("a_b@x.com") == [wild]
    assert customer.search("axb@x.com") == [plain]
    assert len(customer.search("a%b@x.com")) == 1


@pytest.mark.django_db
def test_what_changed_last_comes_first_and_no_more_than_asked(in_tenant: Tenant) -> None:
    made = [customer.create(first_name="Ana", last_name=str(n)) for n in range(5)]
    customer.update(made[1].code, notes="new")

    found = customer.search("ana", limit=3)
    assert [row.last_name for row in found] == ["1", "4", "3"]
    assert customer.search("ana", limit=0) == []


@pytest.mark.django_db
def test_other_tenants_and_old_contacts_are_not_found(
    in_tenant: Tenant, other_tenant: Tenant
) -> None:
    made = customer.create(first_name="Ana", phone="+5511987654321")
    with tenancy.use(other_tenant):
        customer.create(first_name="Ana")
    contact_point.release(contact_point=made.contact_points.get())

    assert customer.search("ana") == [made]
    assert customer.search("98765") == []


@pytest.mark.django_db
def test_the_tenants_region_reads_national_numbers(other_tenant: Tenant) -> None:
    with tenancy.use(other_tenant):
        made = customer.create(phone="020 8366 1177")
        assert customer.search("020 8366 1177") == customer.search("2083661177") == [made]


@pytest.mark.django_db
def test_every_service_keeps_the_text_that_is_searched(in_tenant: Tenant) -> None:
    made = customer.create(first_name="Ana", phone="+5511987654321", email="a@b.co")
    customer.update(made.code, last_name="Souza", document="39053344705")
    mail = contact_point.add(customer=made, kind="email", value="c@d.co")
    contact_point.remove(contact_point=mail)
    contact_point.change_phone(customer=made, phone="+5521912345678", method="otp_sms")

    row = Customer.objects.get()
    live = ContactPoint.objects.live().order_by("created_at", "uuid")
    assert row.search_text == searched(row, [contact.match_key for contact in live])
    assert "souza" in row.search_text
    assert "39053344705" in row.search_text
    assert "987654321" not in row.search_text


@given(st.text(max_size=40), st.text(max_size=40))
def test_everybody_is_found_by_every_word_of_the_own_name(first: str, last: str) -> None:
    text = searching.search_text(
        names=(f"{first} {last}",), code="c-1", document="", contacts=["+5511987654321", "a@b.co"]
    )
    for word in (*fold(first).split(), *fold(f"{first} {last}").split(), "c-1", "a@b.co"):
        query = searching.read(word, "BR")
        if query is not None:
            assert all(any(each in text for each in words) for words in query.words)


@given(st.text(alphabet="abcdeíõñ -'", max_size=30), st.text(max_size=40))
def test_likeness_is_a_share_and_whole_for_the_own_name(name: str, other: str) -> None:
    wanted = similarity.words(name)
    assert 0 <= similarity.likeness(wanted, fold(other)) <= 1
    if wanted:
        assert similarity.likeness(wanted, fold(name)) == 1


@given(st.text(max_size=60))
def test_reading_a_query_never_fails(text: str) -> None:
    searching.read(text, "BR")
    searching.read(text, None)


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.parametrize("text", ["alvares 4321", "(11) 98765-4321", "390.533.447-05", "jose_a"])
def test_postgresql_searches_twenty_thousand_customers_by_the_index(
    text: str, in_tenant: Tenant
) -> None:
    Customer.objects.bulk_create(
        [
            CustomerFactory.build(
                tenant=in_tenant,
                code=f"B-{n}",
                search_text=f"customer{n * 7919 % 20011} surname{n}\nb-{n}\n55219{n:08d}",
            )
            for n in range(20_000)
        ],
        batch_size=5000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE guestman_customer")
    matching = matches(text)
    assert matching is not None
    plan = Customer.objects.active().filter(matching).in_reading_order()[:20].explain()
    assert "customer_search_trigrams" in plan
    assert "Seq Scan on guestman_customer" not in plan
