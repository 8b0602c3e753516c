"""The side bar of the admin: what a shop's staff do, not which tables there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shopman.tenancy import staff
from shopman.tenancy.rights import Right

Text = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A place to go: a list by its model, or a page by its name. ``right``: who is offered it."""

    title: Text
    #: A Material Symbol.
    icon: str
    #: ``app.model`` for its list.
    model: str = ""
    #: Name of a page in the admin, for what is no list.
    page: str = ""
    right: Right | None = None
    #: About every organization: not for members who work in some only.
    is_whole: bool = False

    @property
    def address(self) -> str | None:
        """Where it leads; None where no such admin is installed."""
        name = f"{self.model.replace('.', '_')}_changelist" if self.model else self.page
        try:
            return reverse(f"admin:{name}")
        except NoReverseMatch:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    title: Text
    entries: tuple[Entry, ...]
    #: Folded up until somebody asks for it.
    is_rare: bool = False


GROUPS: Final = (
    Group(
        title="",
        entries=(Entry(title=_("Overview"), icon="home", page="index"),),
    ),
    Group(
        title=_("Customers"),
        entries=(
            Entry(title=_("Customers"), icon="group", model="guestman.customer"),
            Entry(title=_("Groups"), icon="workspaces", model="guestman.customergroup"),
            Entry(title=_("Contacts"), icon="call", model="guestman.contactpoint"),
            Entry(title=_("Addresses"), icon="location_on", model="guestman.customeraddress"),
            Entry(title=_("Linked accounts"), icon="link", model="guestman.externalidentity"),
            Entry(title=_("Work on many"), icon="pending_actions", model="shopman.job"),
        ),
    ),
    Group(
        title=_("Orders"),
        entries=(
            Entry(title=_("Orders"), icon="receipt_long", model="omniman.order"),
            Entry(title=_("Carts"), icon="shopping_cart", model="omniman.cart"),
            Entry(title=_("Imports"), icon="upload_file", model="omniman.importrun"),
        ),
    ),
    Group(
        title=_("Prices"),
        entries=(
            Entry(title=_("Products"), icon="inventory_2", model="offerman.product"),
            Entry(title=_("Price lists"), icon="sell", model="offerman.pricelist"),
            Entry(title=_("Prices by product"), icon="payments", model="offerman.pricelistitem"),
            Entry(title=_("Price simulator"), icon="calculate", page="offerman_simulator"),
        ),
    ),
    Group(
        title=_("Insights"),
        entries=(
            Entry(
                title=_("Segments and value"),
                icon="monitoring",
                model="guestman_insights.customerinsight",
            ),
            Entry(
                title=_("Segment changes"),
                icon="swap_horiz",
                model="guestman_insights.segmentchange",
            ),
            Entry(
                title=_("Recalculations"), icon="autorenew", model="guestman_insights.insightrun"
            ),
        ),
    ),
    Group(
        title=_("Access"),
        is_rare=True,
        entries=(
            Entry(title=_("Staff"), icon="badge", model="shopman.membership"),
            Entry(
                title=_("Changes by everybody"),
                icon="history",
                model="shopman.auditentry",
                is_whole=True,
            ),
            Entry(title=_("Customers signed in"), icon="devices", model="doorman.customersession"),
            Entry(title=_("Sign-in log"), icon="login", model="doorman.authevent"),
            Entry(title=_("Contact checks"), icon="verified", model="guestman.contactverification"),
            Entry(title=_("Sign-in codes"), icon="password", model="doorman.challenge"),
            Entry(title=_("First sign-ins"), icon="how_to_reg", model="doorman.proofticket"),
            Entry(title=_("Limits on tries"), icon="speed", model="doorman.ratecounter"),
        ),
    ),
    Group(
        title=_("Settings"),
        is_rare=True,
        entries=(
            Entry(title=_("Shop"), icon="storefront", model="shopman.tenant"),
            Entry(title=_("Organizations"), icon="apartment", model="shopman.organization"),
            Entry(title=_("Sales channels"), icon="hub", model="omniman.channel"),
            Entry(
                title=_("Messages between systems"),
                icon="outbox",
                model="shopman.outboxevent",
                right=Right.MANAGE_SHOP,
                is_whole=True,
            ),
            Entry(title=_("User accounts"), icon="manage_accounts", model="auth.user"),
            Entry(title=_("User groups"), icon="groups", model="auth.group"),
        ),
    ),
)


def groups(request: HttpRequest) -> list[dict[str, Any]]:
    """The side bar as the theme takes it: what is installed and the reader may open."""
    shown = [(group, list(_items(group, request))) for group in GROUPS]
    addresses = [item["link"] for _group, items in shown for item in items]
    here = max((each for each in addresses if _is_here(each, request)), key=len, default="")
    for _group, items in shown:
        for item in items:
            item["active"] = item["link"] == here
    return [
        {"title": group.title, "collapsible": group.is_rare, "items": items}
        for group, items in shown
        if items
    ]


def _items(group: Group, request: HttpRequest) -> Iterator[dict[str, Any]]:
    for entry in group.entries:
        address = entry.address
        if address is not None and _may_open(entry, request):
            yield {"title": entry.title, "icon": entry.icon, "link": address}


def _may_open(entry: Entry, request: HttpRequest) -> bool:
    if entry.right is not None and not staff.may(request, entry.right):
        return False
    if entry.is_whole and staff.is_limited(request):
        return False
    # Accounts are not of one shop. Their own admin would read permissions on every page.
    return not entry.model.startswith("auth.") or staff.is_superuser(request)


def _is_here(address: str, request: HttpRequest) -> bool:
    index = reverse("admin:index")
    return request.path == address if address == index else request.path.startswith(address)
