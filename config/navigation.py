"""The side bar of the admin: what a shop's staff do, not which tables there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from shopman.tenancy import staff
from shopman.tenancy.rights import Right

Text = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A place to go: a list by its model, or a page by its name. ``right``: who is offered it."""

    #: A Material Symbol.
    icon: str
    #: ``app.model`` for its list, which is called what its rows are called.
    model: str = ""
    #: Name of a page in the admin, for what is no list, and what it is called.
    page: str = ""
    title: Text = ""
    right: Right | None = None
    #: About every organization: not for members who work in some only.
    is_whole: bool = False

    @property
    def name(self) -> Text:
        """What the menu calls it: one name for a list and for the way to it."""
        return (
            capfirst(apps.get_model(self.model)._meta.verbose_name_plural or "")
            if self.model
            else self.title
        )

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
            Entry(icon="group", model="guestman.customer"),
            Entry(icon="workspaces", model="guestman.customergroup"),
            Entry(icon="join_inner", model="guestman_duplicates.duplicatepair"),
            Entry(icon="call", model="guestman.contactpoint"),
            Entry(icon="location_on", model="guestman.customeraddress"),
            Entry(icon="link", model="guestman.externalidentity"),
            Entry(icon="person_add", model="guestman_imports.importrun"),
            Entry(icon="rule", model="guestman_identifiers.reviewitem"),
            Entry(icon="block", model="guestman_identifiers.blockedvalue"),
            Entry(icon="merge", model="guestman_merge.merge"),
            Entry(icon="pending_actions", model="shopman.job"),
        ),
    ),
    Group(
        title=_("Orders"),
        entries=(
            Entry(icon="receipt_long", model="omniman.order"),
            Entry(icon="shopping_cart", model="omniman.cart"),
            Entry(icon="upload_file", model="omniman.importrun"),
        ),
    ),
    Group(
        title=_("Prices"),
        entries=(
            Entry(icon="inventory_2", model="offerman.product"),
            Entry(icon="sell", model="offerman.pricelist"),
            Entry(icon="payments", model="offerman.pricelistitem"),
            Entry(title=_("Price simulator"), icon="calculate", page="offerman_simulator"),
        ),
    ),
    Group(
        title=_("Insights"),
        entries=(
            Entry(
                icon="monitoring",
                model="guestman_insights.customerinsight",
            ),
            Entry(
                icon="swap_horiz",
                model="guestman_insights.segmentchange",
            ),
            Entry(icon="autorenew", model="guestman_insights.insightrun"),
        ),
    ),
    Group(
        title=_("Access"),
        is_rare=True,
        entries=(
            Entry(icon="badge", model="shopman.membership"),
            Entry(
                icon="history",
                model="shopman.auditentry",
                is_whole=True,
            ),
            Entry(
                icon="person_off",
                model="guestman_privacy.erasure",
                right=Right.PRIVACY,
                is_whole=True,
            ),
            Entry(icon="devices", model="doorman.customersession"),
            Entry(icon="smartphone", model="doorman.tokenfamily"),
            Entry(icon="login", model="doorman.authevent"),
            Entry(icon="verified", model="guestman.contactverification"),
            Entry(icon="password", model="doorman.challenge"),
            Entry(icon="how_to_reg", model="doorman.proofticket"),
            Entry(icon="speed", model="doorman.ratecounter"),
        ),
    ),
    Group(
        title=_("Settings"),
        is_rare=True,
        entries=(
            Entry(icon="storefront", model="shopman.tenant"),
            Entry(icon="apartment", model="shopman.organization"),
            Entry(icon="hub", model="omniman.channel"),
            Entry(
                icon="outbox",
                model="shopman.outboxevent",
                right=Right.MANAGE_SHOP,
                is_whole=True,
            ),
            Entry(icon="manage_accounts", model="auth.user"),
            Entry(icon="groups", model="auth.group"),
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
            yield {"title": entry.name, "icon": entry.icon, "link": address}


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
