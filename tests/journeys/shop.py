"""What the shop of the journeys sells."""

from __future__ import annotations

from decimal import Decimal

from guestman.services import group
from offerman.services import price_list, product
from omniman.services import channel
from shopman import tenancy
from shopman.models import Tenant
from tests.journeys.people import PASSWORD, Clerk
from tests.shopman.factories import member

SENDING_BUDGETS = (
    "SENDS_PER_IDENTIFIER_QUARTER_HOUR", "SENDS_PER_PHONE_DAY", "SENDS_PER_EMAIL_DAY",
    "SENDS_PER_ADDRESS_QUARTER_HOUR", "SENDS_PER_ADDRESS_DAY", "SENDS_PER_REGION_DAY",
    "SENDS_PER_MINUTE", "SENDS_PER_DAY",
)  # fmt: skip
#: SKU to base price, price of the club, and of the club from ten on.
PRICES = {"TEA": (500, 400, 350), "CUP": (1250, 1000, 900), "BEAN": (3490, 2990, 2990)}


def open_shop(tenant: Tenant) -> None:
    """Products, the list and the group of the club, the default group, the web channel."""
    with tenancy.use(tenant):
        channel.ensure(code="web", name="Web shop")
        club = price_list.create(code="club", name="Club", currency=tenant.default_currency)
        for sku, (base, member, ten) in PRICES.items():
            made = product.create(
                sku=sku, name=sku.title(), base_price_amount=base, currency=tenant.default_currency
            )
            price_list.add_item(price_list=club.uuid, product=made.uuid, amount=member)
            price_list.add_item(
                price_list=club.uuid, product=made.uuid, amount=ten, minimum_quantity=Decimal(10)
            )
        group.set_default(group=group.create(code="everyone", name="Everyone"))
        group.create(code="club", name="Club", price_list_code="club", priority=10)


def clerk_of(tenant: Tenant, *, username: str = "rita", is_superuser: bool = False) -> Clerk:
    """A member of staff of this shop, signed in at the admin."""
    user = member(tenant, "owner", username=username, is_superuser=is_superuser)
    user.set_password(PASSWORD)
    user.save()
    return Clerk().sign_in(username)
