"""A role that may not see contacts reads none on any page or in any answer, nor guesses them."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from guestman.models import Customer
from guestman.services import address, contact_point, customer, external_identity
from omniman.models import Cart, Order
from omniman.services import cart, order
from shopman import clock, tenancy
from shopman.models import AuditEntry
from tests.journeys.test_isolation import EMAIL, World, filled, routes, world
from tests.journeys.test_roles import admin_routes, key_of
from tests.shopman.factories import member

pytestmark = pytest.mark.django_db

DOCUMENT = "52998224725"
SECRETS = (
    "98765-4321", "987654321", "98765 4321", EMAIL, DOCUMENT, "529.982.247-25",
    "91111-2222", "911112222", "guest@example.org", "ana.other", "ana.handle",
    "5521987650000", "98765-0000",
)  # fmt: skip
FULL = ("987654321", EMAIL, DOCUMENT)


@pytest.fixture
def own(tenant: tenancy.use) -> World:
    found = world(tenant, "own")
    with tenancy.use(tenant):
        ana = Customer.objects.get(code="C-1")
        customer.update(
            ana.code, document=DOCUMENT, notes="Call 11 98765-4321", metadata={"mail": EMAIL}
        )
        home = ana.addresses.get()
        address.update(address=home, instructions="Ring 11 98765-4321", label=EMAIL)
        contact_point.add(customer=ana, kind="instagram", value="ana.handle")
        other = contact_point.add(customer=ana, kind="email", value="ana.other@example.com")
        contact_point.verify(contact_point=other, method="manual", reference=f"wrote to {EMAIL}")
        contact_point.release(contact_point=other)
        external_identity.link(
            customer=ana,
            provider="whatsapp",
            subject="5521987650000",
            attributes={"phone": "+55 21 98765-0000"},
        )
        customer.deactivate(ana.code, reason="asked by 11 98765-4321")
        customer.reactivate(ana.code)
        order.note(order=Order.objects.get(), text=f"rang 11 98765-4321, wrote {EMAIL}")
        guest = cart.open_for_guest().cart
        Cart.objects.filter(pk=guest.pk).update(
            guest_name="G", guest_email="guest@example.org", guest_phone="+5511911112222",
            delivery_address={"street": "Rua", "instructions": "11 91111-2222"},
        )  # fmt: skip
    return found


@pytest.fixture
def reader(own: World) -> User:
    return member(own.tenant, "read_only", username="rui")


@pytest.fixture
def desk(reader: User) -> Client:
    client = Client()
    client.force_login(reader)
    return client


def pages(own: World) -> list[str]:
    """Every address of the staff that answers a look."""
    found = ["/admin/"]
    for label, page, route in admin_routes():
        if page.startswith("<") or page in ("add", "delete"):
            continue
        key = key_of(label, own)
        found.append(filled(route, defaultdict(lambda key=key: key)))
    for route in routes():
        is_staff = route.pattern.startswith("api/v1/") and "/store/" not in route.pattern
        if is_staff and "get" in route.verbs:
            found.append(filled(route, own.keys))
    for label in ("omniman.order", "omniman.cart", "guestman.contactpoint", "shopman.auditentry"):
        found += rows_of(label, own)
    return found


def rows_of(label: str, own: World) -> list[str]:
    with tenancy.use(own.tenant):
        model = tenancy.context.apps.get_model(label)
        keys = model.objects.values_list("pk", flat=True)
        return [f"/admin/{label.replace('.', '/')}/{key}/change/" for key in keys]


def told(answer: HttpResponse) -> list[str]:
    """Which secrets stand in an answer, as they are or with tags between."""
    text = html.unescape(answer.content.decode())
    plain = re.sub(r"<[^>]*>", "", text)
    return [each for each in SECRETS if each in text or each in plain]


def test_no_page_and_no_answer_holds_a_contact(own: World, desk: Client) -> None:
    visited = pages(own)
    for path in visited:
        answer = desk.get(path)
        assert answer.status_code in (200, 302, 403, 404), path
        assert told(answer) == [], path
    assert len(visited) > 100


def test_who_may_see_contacts_does(own: World) -> None:
    client = Client()
    client.force_login(member(own.tenant, "clerk"))
    seen = {each for path in pages(own) for each in told(client.get(path))}
    assert {"98765-4321", EMAIL, DOCUMENT, "guest@example.org", "ana.handle"} <= seen


def found(desk: Client, query: str) -> set[str]:
    """What a search finds: in lists of the admin and over HTTP, which agree."""
    answer = desk.get("/api/v1/customers", {"q": query})
    listed = desk.get("/admin/guestman/customer/", {"q": query}).context["cl"].result_list
    exact = {str(row["code"]) for row in answer.json()["results"]}
    # Where nobody matches, a list may show names that are like it.
    assert {row.code for row in listed} == exact or not exact, query
    return exact


def test_a_whole_contact_a_name_or_a_code_finds(own: World, desk: Client) -> None:
    for query in (
        "11 98765-4321", "+5511987654321", "(011) 98765 4321", EMAIL, "ANA@Example.com",
        DOCUMENT, "529.982.247-25", "ana", "Aná own", "c-1",
    ):  # fmt: skip
        assert found(desk, query) == {"C-1"}, query


def test_a_part_of_a_contact_finds_nobody(own: World, desk: Client) -> None:
    for query in (
        "98765", "8765-43", "119876543", "5511987", "4321", "+55 11 98765", "example.com", "ana@",
        "ana@example", "529982", "5299822472", "982.247", "247-25", "ana 98765", "ana.h", "handle",
    ):  # fmt: skip
        assert found(desk, query) == set(), query
        for label in ("contactpoint", "customeraddress", "externalidentity", "contactverification"):
            answer = desk.get(f"/admin/guestman/{label}/", {"q": query})
            assert list(answer.context["cl"].result_list) == [], f"{label}: {query}"
        insights = desk.get("/admin/guestman_insights/customerinsight/", {"q": query})
        assert list(insights.context["cl"].result_list) == [], query


#: What each list is asked about a column that is masked in it.
PROBES = (
    "guestman/customer/?phone__startswith=%2B5511",
    "guestman/customer/?email__contains=ana",
    "guestman/customer/?document__startswith=529",
    "guestman/customer/?search_text__contains=987",
    "guestman/customer/?notes__contains=987",
    "guestman/customer/?metadata__mail__startswith=a",
    "guestman/contactpoint/?value__startswith=11",
    "guestman/contactpoint/?match_key__lt=%2B56",
    "guestman/externalidentity/?subject__startswith=55",
    "guestman/contactverification/?reference__contains=ana",
    "guestman/contactverification/?contact_point__value__startswith=11",
    "omniman/order/?data__customer__phone__startswith=%2B5511",
    "omniman/order/?data_digest__startswith=a",
    "omniman/cart/?guest_phone__startswith=%2B5511",
    "shopman/auditentry/?after__phone__startswith=%2B55",
)


def test_no_filter_looks_into_a_masked_column(own: World, desk: Client) -> None:
    for probe in PROBES:
        # Refused, or sent back to the list without any filter.
        assert desk.get(f"/admin/{probe}").status_code in (302, 400), probe


def test_no_list_is_sorted_by_a_masked_column(own: World, desk: Client) -> None:
    changelist = desk.get("/admin/guestman/contactpoint/").context["cl"]
    assert "shown" not in changelist.sortable_by


def reveal(desk: Client, own: World, reason: str = "Customer asked for a call") -> HttpResponse:
    path = f"/admin/guestman/customer/{own.keys['customers']}/show-contacts/"
    assert desk.get(path).status_code == 200
    answer: HttpResponse = desk.post(path, {"reason": reason})
    return answer


def test_contacts_are_revealed_for_a_while_with_a_reason(
    own: World, desk: Client, reader: User
) -> None:
    page = f"/admin/guestman/customer/{own.keys['customers']}/change/"
    assert "show-contacts" in desk.get(page).content.decode()
    assert reveal(desk, own, reason="").status_code == 200
    assert told(desk.get(page)) == []
    assert reveal(desk, own).status_code == 302
    shown = desk.get(page)
    assert {EMAIL, DOCUMENT} <= set(told(shown))
    assert "show-contacts" not in shown.content.decode()
    record = desk.get(f"/api/v1/customers/{own.keys['customers']}").json()
    assert (record["phone"], record["email"]) == ("+5511987654321", EMAIL)
    points = desk.get(f"/api/v1/customers/{own.keys['customers']}/contact-points").json()
    assert EMAIL in {each["canonical"] for each in points["results"]}
    assert EMAIL in told(desk.get(f"/api/v1/orders/{own.keys['orders']}"))
    with tenancy.use(own.tenant):
        entry = AuditEntry.objects.get(action="contacts.reveal")
    assert (entry.actor_label, entry.subject, entry.reason) == (
        "rui", f"customer:{own.keys['customers']}", "Customer asked for a call",
    )  # fmt: skip
    with time_machine.travel(clock.now().timestamp() + 16 * 60):
        assert told(desk.get(page)) == []


def test_a_revealed_customer_shows_nobody_else_and_no_other_session(
    own: World, desk: Client, reader: User
) -> None:
    with tenancy.use(own.tenant):
        bia = customer.create(code="B-1", first_name="Bia", email="bia@example.com")
    reveal(desk, own)
    assert b"bia@example.com" not in desk.get(f"/admin/guestman/customer/{bia.pk}/change/").content
    assert b"bia@example.com" not in desk.get("/admin/guestman/customer/").content
    again = Client()
    again.force_login(reader)
    assert told(again.get(f"/admin/guestman/customer/{own.keys['customers']}/change/")) == []


def test_nobody_reveals_customers_of_another_shop(
    own: World, desk: Client, other_tenant: Any
) -> None:
    with tenancy.use(other_tenant):
        foreign = customer.create(code="X", first_name="X", email="x@example.com")
    answer = desk.post(f"/admin/guestman/customer/{foreign.pk}/show-contacts/", {"reason": "x"})
    assert answer.status_code == 302
    assert AuditEntry.all_tenants.filter(action="contacts.reveal").count() == 0
    assert desk.get(f"/api/v1/customers/{foreign.pk}").status_code == 404


def test_a_shop_may_forbid_revealing(own: World, desk: Client, settings: Settings) -> None:
    reveal(desk, own)
    settings.SHOPMAN = {**settings.SHOPMAN, "CONTACT_REVEAL_MINUTES": 0}
    path = f"/admin/guestman/customer/{own.keys['customers']}/"
    assert told(desk.get(f"{path}change/")) == []
    assert desk.post(f"{path}show-contacts/", {"reason": "x"}).status_code == 403


def test_a_masked_clerk_works_without_reading(own: World, settings: Settings) -> None:
    settings.SHOPMAN = {**settings.SHOPMAN, "CONTACT_ROLES": ["owner"]}
    client = Client()
    client.force_login(member(own.tenant, "clerk"))
    for path in pages(own):
        assert told(client.get(path)) == [], path
    page = f"/admin/guestman/customer/{own.keys['customers']}/change/"
    form = client.get(page).context["adminform"].form
    sent = {name: form.get_initial_for_field(form.fields[name], name) for name in form.fields}
    sent = {name: value for name, value in sent.items() if value is not None}
    answer = client.post(page, {**sent, "first_name": "Ana Maria"})
    assert answer.status_code == 302
    with tenancy.use(own.tenant):
        ana = Customer.objects.get(pk=UUID(own.keys["customers"]))
    assert (ana.first_name, ana.document) == ("Ana Maria", DOCUMENT)
    assert (ana.notes, ana.phone) == ("Call 11 98765-4321", "+5511987654321")
