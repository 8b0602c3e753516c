"""A walk along every link of the admin, as each role: no dead end, no code that only we understand.

Everybody is called by a piece of markup, which no page may take for its own.

One address of each route is opened; the owner also tries one with a query: a filter, a page, an
order of columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import resolve

from guestman.contrib.identifiers.resolver import IdentityResolver
from guestman.contrib.identifiers.services import blocking
from guestman.contrib.merge import service as merges
from guestman.models import Customer
from guestman.services import contact_point, customer
from shopman import tenancy
from shopman.models import Membership, Tenant
from tests.journeys.test_isolation import world
from tests.shopman.factories import member

pytestmark = pytest.mark.django_db

START = "/admin/"
#: What no page says to people: names of columns, and what Python writes when nobody looked.
CODES = re.compile(
    r"\b[a-z]+(?:_[a-z]+)+\b|\bNone\b(?=.)|\b(?:True|False|null|undefined|NaN)\b"
    r"|[{\[]'| object at |%\("
)
#: In the names, streets, notes and reasons of the shop.
MARKUP = "<i title=planted>"
#: Names that are meant: columns of a file, and an event as systems know it.
MEANT = re.compile(r"minimum_quantity|valid_from|valid_until|guestman\.[a-z_]+")


@dataclass
class Reading(HTMLParser):
    """The links of a page, and what it says: its text and the names of its parts."""

    links: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    is_fooled: bool = False
    #: Names of the elements we are in, and whether people read them.
    inside: list[tuple[str, bool]] = field(default_factory=list)

    UNREAD = frozenset({"script", "style", "template", "pre", "code", "textarea"})
    VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "path", "rect", "line", "use"})

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.is_fooled |= given.get("title") == "planted"
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        self.said += [given[name] for name in ("title", "aria-label", "alt") if name in given]
        if tag not in self.VOID:
            is_icon = "material-symbols" in given.get("class", "")
            self.inside.append((tag, tag not in self.UNREAD and not is_icon))

    def handle_endtag(self, tag: str) -> None:
        while any(name == tag for name, _read in self.inside):
            if self.inside.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        if data.strip() and all(read for _name, read in self.inside):
            self.said.append(" ".join(data.split()))

    def codes(self) -> list[str]:
        """What is said in words that are none."""
        return [text for text in self.said if CODES.search(MEANT.sub("", text))]


@pytest.fixture
def shop_with_everything(tenant: Tenant) -> Tenant:
    """One row of everything, matters of identity among them."""
    world(tenant, MARKUP)
    with tenancy.use(tenant):
        ana = Customer.objects.get(code="C-1")
        bia = customer.create(code="C-2", first_name=MARKUP, email="bia@example.com")
        contact_point.verify(contact_point=bia.contact_points.get(), method="manual")
        claims = {"phone": "+5511987654321", "email": "bia@example.com"}
        IdentityResolver().resolve_identity(**claims, record=("order", "1"), source="checkout")
        blocking.block(family="phone", value="+551130001000", reason=MARKUP)
        twin = customer.create(code="C-3", first_name=MARKUP, source="till")
        told = merges.preview(survivor=ana, duplicate=twin)
        merges.execute(preview=told, reason=MARKUP)
    return tenant


def walk(client: Client, *, follows_queries: bool) -> Iterator[tuple[str, str, int, Reading]]:
    """Each page, where the link to it was, its status, and what is on it."""
    waiting, known = [(START, "")], {(START, False)}
    while waiting:
        address, place = waiting.pop(0)
        answer = client.get(address)
        page = Reading()
        if "html" in answer.headers.get("Content-Type", "") and not answer.streaming:
            page.feed(answer.content.decode())
        yield address, place, answer.status_code, page
        links = [answer["Location"]] if answer.status_code == 302 else page.links
        for link in links:
            target = urlsplit(urljoin(address, link))
            if target.scheme or not target.path.startswith(START) or "logout" in target.path:
                continue
            kind = (resolve(target.path).view_name, bool(target.query))
            if kind not in known and (follows_queries or not target.query):
                known.add(kind)
                waiting.append((target._replace(fragment="").geturl(), address))


def test_every_link_of_the_admin_leads_somewhere_and_is_said_in_words(
    shop_with_everything: Tenant,
) -> None:
    # One shop for all of them: the making of it takes longer than a walk.
    faults, counts = [], {}
    for role in Membership.Role.values:
        client = Client(raise_request_exception=False, headers={"accept-language": "en"})
        client.force_login(member(shop_with_everything, role, username=role.replace("_", "")))
        pages = list(walk(client, follows_queries=role == Membership.Role.OWNER))
        counts[role] = len(pages)
        for address, place, status, page in pages:
            if status not in (200, 302):
                faults.append(f"{role}: {status} {address} (link on {place})")
            if page.is_fooled:
                faults.append(f"{role}: markup of others on {address}")
            faults += [f"{role}: {text!r} on {address}" for text in page.codes()]
    assert not faults, "\n".join(faults)
    assert min(counts.values()) > 60, counts
    assert counts[Membership.Role.OWNER] > 120, counts
