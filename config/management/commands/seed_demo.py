"""``manage.py seed_demo``: a sample shop to look at. A second run changes nothing."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from decimal import Decimal
from io import StringIO
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command

from config.demo import days, doubts, orders, people, shop
from config.demo.orders import PastOrder
from guestman.models import Customer, CustomerGroup
from guestman.services import customer, group
from offerman.models import PriceList, Product
from offerman.services import price_list, product
from omniman.models import Order
from omniman.services import channel, order
from shopman import clock
from shopman.management.base import TenantCommand
from shopman.models import Membership, Tenant


class Command(TenantCommand):
    help = "Fill a shop with sample staff, prices, customers and two years of orders."

    def work(self, *, tenant: Tenant, **options: Any) -> None:
        self.seed_staff(tenant)
        self.seed_prices(tenant.default_currency)
        today = clock.now().astimezone(tenant.zone)
        past = orders.past(today=today)
        self.seed_customers(orders.joined(past, today=today))
        self.seed_orders(tenant, past)
        self.seed_refunds(past)
        days.open_orders(today=today)
        people.fill()
        doubts.fill(tenant)
        call_command(
            "recalculate_insights", tenant=tenant.slug, no_progress=True, stdout=StringIO()
        )
        self.stdout.write(
            f"{tenant.name}: {Customer.objects.count()} customers, "
            f"{Product.objects.count()} products, {Order.objects.count()} orders."
        )

    def seed_staff(self, tenant: Tenant) -> None:
        """The administrator that ``DJANGO_SUPERUSER_*`` names, as createsuperuser reads them."""
        name = os.environ.get("DJANGO_SUPERUSER_USERNAME", "admin")
        user, created = get_user_model().objects.get_or_create(
            username=name,
            defaults={
                "email": os.environ.get("DJANGO_SUPERUSER_EMAIL", ""),
                "is_staff": True,
                "is_superuser": True,
            },
        )
        password = os.environ.get("DJANGO_SUPERUSER_PASSWORD")
        if created and not password:
            self.stderr.write(f"{name} has no password yet: set one with changepassword {name}.")
        if password and not user.check_password(password):
            user.set_password(password)
            user.save(update_fields=["password"])
        Membership.objects.get_or_create(
            user=user, defaults={"role": Membership.Role.OWNER, "tenant": tenant}
        )

    def seed_prices(self, currency: str) -> None:
        if PriceList.objects.filter(code="club").exists():
            return
        club = price_list.create(code="club", name="Club", currency=currency)
        for sample in shop.PRODUCTS:
            made = product.create(
                sku=sample.sku,
                name=sample.name,
                base_price_amount=sample.amount,
                currency=currency,
                unit=sample.unit,
            )
            price_list.add_item(price_list=club.uuid, product=made.uuid, amount=sample.club_amount)
            price_list.add_item(
                price_list=club.uuid,
                product=made.uuid,
                amount=sample.club_amount * 95 // 100,
                minimum_quantity=Decimal(10),
            )

    def seed_customers(self, since: Mapping[str, dt.datetime]) -> None:
        channel.ensure(code="web", name="Web shop")
        if not CustomerGroup.objects.filter(code="club").exists():
            everyone = group.create(code="everyone", name="Everyone")
            group.set_default(group=everyone)
            group.create(code="club", name="Club", price_list_code="club", priority=10)
        known = set(Customer.objects.values_list("code", flat=True))
        for sample in self.progress(shop.customers(), unit="customer"):
            if sample.code not in known:
                with clock.at(since[sample.code]):
                    customer.create(
                        code=sample.code,
                        first_name=sample.first_name,
                        last_name=sample.last_name,
                        phone=sample.phone,
                        email=sample.email,
                        group_code=sample.group_code,
                        source="demo",
                    )

    def seed_orders(self, tenant: Tenant, past: Sequence[PastOrder]) -> None:
        """Past orders come in as any other shop's would: through the import."""
        for origin in (*orders.ORIGINS, orders.ABROAD):
            is_abroad = origin == orders.ABROAD
            currency = (
                shop.foreign(tenant.default_currency) if is_abroad else tenant.default_currency
            )
            with orders.as_file(past, origin, currency) as (file, mapping):
                call_command(
                    "omniman_import_orders",
                    file,
                    mapping=str(mapping),
                    rejects=file.with_name("rejects.csv"),
                    tenant=tenant.slug,
                    allow_foreign_currency=is_abroad,
                    no_progress=True,
                    stdout=StringIO(),
                )

    def seed_refunds(self, past: Sequence[PastOrder]) -> None:
        """Some of the past was given back a few days later."""
        wanted = {each.ref: each for each in past if each.refunded_percent}
        for row in Order.objects.filter(external_ref__in=wanted, refunded_amount=0):
            told = wanted[row.external_ref]
            amount = row.total_amount * told.refunded_percent // 100
            with clock.at(told.placed + dt.timedelta(days=3)):
                order.refund(
                    order=row,
                    amount=amount,
                    reason="Arrived damaged",
                    idempotency_key=f"demo-{told.ref}",
                )
