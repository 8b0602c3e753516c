"""Every role at every page, act and endpoint of the staff: what it may not do is refused.

Every route of the URL resolver is tried, so that a new one must say here what it takes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import Client, RequestFactory

from shopman import tenancy
from shopman.models import Membership
from shopman.tenancy import rights, staff
from shopman.tenancy.rights import Right
from tests.journeys.test_isolation import BODIES, Route, World, filled, routes, world
from tests.shopman.factories import member

pytestmark = pytest.mark.django_db

ROLES = Membership.Role.values
SOMEBODY = "01900000-0000-7000-8000-000000000000"

#: Admin list to what it takes to change its rows; None: nobody changes them on its pages.
PAGES: Mapping[str, Right | None] = {
    "shopman.outboxevent": None,
    "shopman.auditentry": None,
    "shopman.job": None,
    "shopman.tenant": Right.MANAGE_SHOP,
    "shopman.organization": Right.MANAGE_SHOP,
    "shopman.membership": Right.MANAGE_SHOP,
    "guestman.customer": Right.CHANGE,
    "guestman.customeraddress": Right.CHANGE,
    "guestman.contactpoint": None,
    "guestman.contactverification": None,
    "guestman.externalidentity": None,
    "guestman.customergroup": Right.SET_PRICES,
    "guestman_imports.importrun": Right.BULK,
    "guestman_identifiers.blockedvalue": Right.CHANGE,
    "guestman_identifiers.customeridentifier": None,
    "guestman_identifiers.reviewitem": None,
    "guestman_privacy.erasure": None,
    "guestman_duplicates.duplicatepair": None,
    "guestman_insights.customerinsight": None,
    "guestman_merge.merge": None,
    "guestman_insights.insightrun": None,
    "guestman_insights.segmentchange": None,
    "doorman.challenge": None,
    "doorman.proofticket": None,
    "doorman.ratecounter": None,
    "doorman.authevent": None,
    "doorman.customersession": None,
    "doorman.tokenfamily": None,
    "omniman.cart": None,
    "omniman.channel": Right.MANAGE_SHOP,
    "omniman.importrun": None,
    "omniman.order": None,
    "offerman.pricelist": Right.SET_PRICES,
    "offerman.pricelistitem": Right.SET_PRICES,
    "offerman.product": Right.SET_PRICES,
}
#: Rows are added by nobody but superusers, or on their customer's page.
#: List to what it takes to look at it; the others are for everybody who works here.
LOOKED_AT = {
    "shopman.outboxevent": Right.MANAGE_SHOP,
    "guestman_privacy.erasure": Right.PRIVACY,
}
NEVER_ADDED = {"shopman.tenant", "guestman.customeraddress"}
DELETED = {"shopman.organization", "shopman.membership", "offerman.pricelistitem"}
#: Act to what it takes; None: everybody looks.
ACTS: Mapping[str, Right | None] = {
    "guestman.customer/change-phone": Right.CHANGE,
    "guestman.customer/add-contact": Right.CHANGE,
    "guestman.customer/add-address": Right.CHANGE,
    "guestman.customer/link-identity": Right.CHANGE,
    "guestman.customer/deactivate": Right.CHANGE,
    "guestman.customer/reactivate": Right.CHANGE,
    "guestman.customer/show-contacts": Right.REVEAL_CONTACTS,
    # One's own views, for everybody who sees the list.
    "guestman.customer/view": None,
    "omniman.order/view": None,
    "offerman.pricelist/view": None,
    "offerman.product/view": None,
    "shopman.job/cancel": None,
    "shopman.job/download": Right.EXPORT,
    "guestman.customeraddress/make-default": Right.CHANGE,
    "guestman.customeraddress/remove": Right.CHANGE,
    "guestman.contactpoint/verify": Right.CHANGE,
    "guestman.contactpoint/make-primary": Right.CHANGE,
    "guestman.contactpoint/release": Right.CHANGE,
    "guestman.contactpoint/remove": Right.CHANGE,
    "guestman.externalidentity/unlink": Right.CHANGE,
    "guestman.customergroup/make-default": Right.SET_PRICES,
    "guestman_imports.importrun/columns": Right.BULK,
    "guestman_imports.importrun/progress": None,
    "guestman_imports.importrun/start": Right.BULK,
    "guestman_imports.importrun/revert": Right.BULK,
    "guestman_imports.importrun/rejects": Right.EXPORT,
    "guestman_identifiers.blockedvalue/unblock": Right.CHANGE,
    "guestman_identifiers.customeridentifier/accept": Right.CHANGE,
    "guestman_identifiers.customeridentifier/refuse": Right.CHANGE,
    "guestman_identifiers.reviewitem/settle": Right.CHANGE,
    "guestman_privacy.erasure/copy": Right.PRIVACY,
    "guestman_privacy.erasure/erase": Right.PRIVACY,
    "guestman_duplicates.duplicatepair/different": Right.CHANGE,
    "guestman_duplicates.duplicatepair/reopen": Right.CHANGE,
    "guestman_insights.insightrun/recalculate": Right.BULK,
    "guestman_merge.merge/take-back": Right.MERGE,
    "guestman_merge.merge/take-back-day": Right.MERGE,
    "omniman.order/move": Right.CHANGE,
    "omniman.order/refund": Right.REFUND,
    "omniman.order/note": Right.CHANGE,
    "omniman.importrun/progress": None,
    "omniman.importrun/rejects": Right.EXPORT,
    "offerman.pricelist/simulator": None,
    "offerman.pricelist/simulate": None,
    "offerman.pricelist/show_items": None,
    "offerman.pricelist/add-price": Right.SET_PRICES,
    "offerman.pricelist/import_file": Right.SET_PRICES,
    "offerman.pricelist/import": Right.SET_PRICES,
}
#: The first words of an address under ``/api/v1/`` to what a change there takes; the longest wins.
ENDPOINTS: Mapping[str, Right] = {
    "duplicates": Right.CHANGE,
    "merges": Right.MERGE,
    "customers": Right.CHANGE,
    "customer-groups": Right.SET_PRICES,
    "orders": Right.CHANGE,
    "orders/<uuid:uuid>/refunds": Right.REFUND,
    "channels": Right.MANAGE_SHOP,
    "products": Right.SET_PRICES,
    "price-lists": Right.SET_PRICES,
}


def may(role: str, right: Right | None) -> bool:
    return right is not None and right in rights.of_role(role)


@pytest.fixture
def own(tenant: tenancy.use) -> World:
    return world(tenant, "own")


@pytest.fixture(params=ROLES)
def role(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def desk(own: World, role: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(member(own.tenant, role))
    return client


def admin_routes() -> Iterator[tuple[str, str, Route]]:
    """Name of the list, name of the page, and the route, of every page of an admin."""
    for route in routes():
        head, *rest = route.pattern.rstrip("/").split("/")
        if head != "admin" or len(rest) < 2 or rest[0] == "auth" or "(" in route.pattern:
            continue
        label = ".".join(rest[:2])
        if label in PAGES or apps.all_models.get(rest[0], {}).get(rest[1]):
            page = rest[-1] if len(rest) > 2 else "list"
            yield label, page, route


def key_of(label: str, own: World) -> str:
    model = apps.get_model(label)
    rows = getattr(model, "all_tenants", model._base_manager)
    row = rows.first() if label == "shopman.tenant" else rows.filter(tenant=own.tenant).first()
    return str(row.pk) if row else SOMEBODY


def needed(label: str, page: str) -> tuple[Right | None, bool]:
    """What a page takes, and whether everybody may look at it."""
    if page in ("list", "history", "change"):
        return LOOKED_AT.get(label), label not in LOOKED_AT
    if page == "add":
        return (None if label in NEVER_ADDED else PAGES[label]), False
    if page == "delete":
        return (PAGES[label] if label in DELETED else None), False
    right = ACTS[f"{label}/{page}"]
    return right, right is None


def test_every_page_of_the_admin_opens_for_the_roles_that_may(
    own: World, desk: Client, role: str
) -> None:
    count = 0
    # Acts come last: afterwards some rows are closed.
    for label, page, route in sorted(
        admin_routes(), key=lambda each: f"{each[0]}/{each[1]}" in ACTS
    ):
        if page.startswith("<"):
            continue
        key = key_of(label, own)
        path = filled(route, defaultdict(lambda key=key: key))
        right, is_open = needed(label, page)
        expected = is_open or may(role, right)
        answer, where = desk.get(path), f"{role} at {path}"
        if route.names and key == SOMEBODY:
            # There is no row of some tables here; then the page leads back to the list.
            assert answer.status_code in (302, 403, 404), where
            continue
        assert answer.status_code in ((200, 302) if expected else (403,)), where
        saves = may(role, PAGES[label]) if page == "change" else expected
        if page != "list":
            assert (desk.post(path, {}).status_code == 403) != saves, where
        count += 1
    assert count > 100


def test_every_list_of_the_admin_is_named_here() -> None:
    shown = {model._meta.label_lower for model in admin.site._registry}
    assert {each for each in shown if not each.startswith("auth.")} == PAGES.keys()


def test_no_page_offers_what_its_reader_may_not_do(own: World, desk: Client, role: str) -> None:
    for label in ("guestman.customer", "omniman.order", "offerman.pricelist", "omniman.channel"):
        place = f"/admin/{label.replace('.', '/')}/{key_of(label, own)}/"
        # Some records show their form when it is asked for.
        pages = [desk.get(f"{place}change/{query}") for query in ("", "?edit=1")]
        body = "".join(page.content.decode() for page in pages)
        for act, right in ACTS.items():
            name, _, rest = act.partition("/")
            if name == label and right is not None and not may(role, right):
                assert f"{place}{rest}/" not in body, f"{role}: {place}{rest}"
        assert ('name="_save"' in body) == may(role, PAGES[label]), f"{role}: {place}"


def endpoints() -> Iterator[tuple[Route, str, Right]]:
    for route in routes():
        path = route.pattern.removeprefix("api/v1/")
        if path == route.pattern or path.startswith("store/"):
            continue
        for verb in route.verbs:
            if verb != "get":
                near = [prefix for prefix in ENDPOINTS if f"{path}/".startswith(f"{prefix}/")]
                yield route, verb, ENDPOINTS[max(near, key=len)]


def ask(desk: Client, route: Route, verb: str, own: World) -> HttpResponse:
    answer: HttpResponse = getattr(desk, verb)(
        filled(route, own.keys),
        BODIES.get(route.pattern.rpartition("/")[2], {}),
        content_type="application/json",
        headers={"If-Match": '"1"', "Idempotency-Key": "k"},
    )
    return answer


def test_every_endpoint_that_changes_something_asks_for_its_right(
    own: World, desk: Client, role: str
) -> None:
    count = 0
    for route, verb, right in endpoints():
        answer = ask(desk, route, verb, own)
        where = f"{role}: {verb} {route.pattern}: {answer.status_code}"
        if may(role, right):
            assert answer.status_code not in (401, 403), where
        else:
            assert answer.status_code == 403, where
            code = "right_missing" if may(role, Right.CHANGE) else "read_only_role"
            assert answer.json()["code"] == code, where
        count += 1
    assert count > 30


def test_everybody_on_the_staff_reads(own: World, desk: Client) -> None:
    for route in routes():
        is_staff = route.pattern.startswith("api/v1/") and "/store/" not in route.pattern
        if is_staff and "get" in route.verbs:
            assert desk.get(filled(route, own.keys)).status_code == 200, route.pattern


def test_nobody_has_a_right_without_a_membership(own: World) -> None:
    request = RequestFactory().get("/admin/")
    request.user = AnonymousUser()
    with tenancy.use(own.tenant):
        assert not any(staff.may(request, right) for right in Right)
