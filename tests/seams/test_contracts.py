"""Names that others rely on, checked as they would use them."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import get_commands
from django.urls import resolve
from django.utils.module_loading import import_string

from doorman.protocols.customer import CustomerResolver, DoormanCustomerInfo
from guestman.contrib.insights.models import CustomerInsight
from guestman.contrib.insights.service import InsightService
from guestman.models import ContactPoint, Customer
from guestman.protocols.orders import OrderHistoryBackend, OrderStats
from guestman.services import contact_point, customer
from offerman.services import quote
from omniman.models import Order
from omniman.protocols.customer import CustomerDirectory
from omniman.services import order
from shopman import tenancy

SOMEBODY = "01900000-0000-7000-8000-000000000000"

PATHS = [
    "/admin/",
    "/auth/login/",
    "/api/schema/",
    "/api/docs/",
    "/livez",
    "/readyz",
    "/api/v1/customers",
    f"/api/v1/customers/{SOMEBODY}",
    *[
        f"/api/v1/customers/{SOMEBODY}/{part}"
        for part in ("contact-points", "addresses", "identities", "insight", "audit")
    ],
    *[
        f"/api/v1/{name}"
        for name in ("customer-groups", "orders", "channels", "products", "price-lists", "insights")
    ],
    *[
        f"/api/v1/store/{name}"
        for name in ("cart", "cart/lines", "cart/claim", "orders", "orders/track/x", "products")
    ],
    "/api/v1/store/quote",
    "/api/auth/v1/challenges",
    "/api/auth/v1/challenges/x/verify",
]


@pytest.mark.parametrize("path", PATHS)
def test_the_path_is_there(path: str) -> None:
    assert resolve(path)


@pytest.mark.parametrize(
    "name",
    [
        "config.celery.app",
        "doorman.api.authentication.CustomerSessionAuthentication",
        "doorman.api.permissions.HasRecentAuth",
        "doorman.api.permissions.IsCustomer",
        "doorman.protocols.sender.MessageSender",
        "guestman.adapters.doorman.GuestmanCustomerResolver",
        "guestman.adapters.omniman_customers.GuestmanCustomerDirectory",
        "guestman.adapters.omniman_orders.OmnimanOrderHistoryBackend",
        "guestman.models.ContactVerification",
        "guestman.models.CustomerAddress",
        "guestman.models.CustomerGroup",
        "guestman.models.ExternalIdentity",
        "guestman.services.contact_point.add",
        "guestman.services.contact_point.make_primary",
        "guestman.services.contact_point.release",
        "guestman.services.customer.deactivate",
        "guestman.services.customer.get",
        "guestman.services.customer.get_by_document",
        "guestman.services.customer.get_by_email",
        "guestman.services.customer.get_by_phone",
        "guestman.services.customer.get_by_uuid",
        "guestman.services.customer.price_list",
        "guestman.services.customer.reactivate",
        "guestman.services.customer.search",
        "guestman.services.customer.update",
        "guestman.signals.customer_created",
        "guestman.signals.customer_updated",
        "offerman.adapters.omniman.OffermanPriceBook",
        "offerman.models.PriceList",
        "offerman.models.PriceListItem",
        "offerman.models.Product",
        "omniman.history.changed_customers",
        "omniman.models.Cart",
        "omniman.models.CartLine",
        "omniman.models.Channel",
        "omniman.models.OrderEvent",
        "omniman.models.OrderLine",
        "omniman.protocols.pricing.PriceBook",
        "shopman.api.permissions.HasRecentAuth",
        "shopman.api.permissions.IsCustomer",
        "shopman.clock.now",
        "shopman.events.announce",
        "shopman.models.Membership",
        "shopman.models.Organization",
        "shopman.models.OutboxEvent",
        "shopman.models.TenantDomain",
        "shopman.tenancy.TenantRequired",
        "shopman.tenancy.current",
    ],
)
def test_the_name_is_there(name: str) -> None:
    assert import_string(name)


@pytest.mark.parametrize(
    "name",
    [
        "tenant_create",
        "seed_demo",
        "recalculate_insights",
        "omniman_import_orders",
        "doorman_purge",
        "relay_outbox",
    ],
)
def test_the_command_is_there(name: str) -> None:
    assert name in get_commands()


def fields(model: Any) -> set[str]:
    return {field.name for field in model._meta.get_fields()}


@pytest.mark.parametrize(
    ("model", "names"),
    [
        (
            Customer,
            """uuid tenant organization code first_name last_name customer_type document email phone
            group status is_active source assigned_to locale birth_date notes metadata merged_into
            version created_at updated_at contact_points external_identities addresses insight""",
        ),
        (
            ContactPoint,
            """uuid customer kind value canonical match_key variant_key evidence source is_primary
            is_shared verification_method verified_at released_at""",
        ),
        (
            Order,
            """uuid ref kind channel customer_uuid customer_code status currency total_amount
            refunded_amount placed_at source external_ref data data_digest""",
        ),
        (
            CustomerInsight,
            """customer currency order_count refund_count net_total_amount average_order_amount
            first_order_at last_order_at days_since_last_order average_gap_days preferred_weekday
            preferred_hour channels favourite_products recency_score frequency_score
            monetary_score segment churn_risk churn_horizon_days predicted_value_amount
            value_horizon_days total_value_amount other_currencies reasons policy policy_version
            as_of calculated_at is_stale""",
        ),
    ],
)
def test_the_model_has_its_fields(model: Any, names: str) -> None:
    assert set(names.split()) <= fields(model)


@pytest.mark.parametrize("model", [Customer, ContactPoint, Order, CustomerInsight])
def test_keys_are_uuids_and_managers_are_named(model: Any) -> None:
    assert model._meta.pk.name == "uuid"
    with pytest.raises(tenancy.TenantRequired):
        list(model.objects.all())
    assert model.all_tenants is not None


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (
            customer.create,
            """first_name last_name code customer_type phone email document group_code source
            metadata""",
        ),
        (customer.search, "text limit"),
        (customer.deactivate, "code reason"),
        (contact_point.add, "customer kind value"),
        (contact_point.verify, "contact_point method reference"),
        (contact_point.change_phone, "customer phone method"),
        (order.commit, "cart idempotency_key actor"),
        (quote.lines, "lines customer_code channel at"),
        (tenancy.use, "tenant organization"),
        (InsightService.recalculate, "code as_of"),
        (InsightService.recalculate_all, "as_of policy stale_only batch_size"),
        (InsightService.segment, "name"),
        (InsightService.at_risk, "threshold"),
        (InsightService.explain, "code"),
        (CustomerResolver.get_by_phone, "phone"),
        (CustomerResolver.create_for_phone, "phone method"),
        (CustomerResolver.mark_verified, "uuid kind value method"),
        (CustomerDirectory.snapshot, "customer_uuid"),
        (CustomerDirectory.ensure_many, "refs"),
        (OrderHistoryBackend.get_customer_orders, "customer_uuid limit before as_of"),
        (OrderHistoryBackend.get_order_stats, "customer_uuid as_of"),
        (
            OrderHistoryBackend.iter_order_stats,
            "as_of after limit customers time_zone aliases",
        ),
        (OrderHistoryBackend.changed_customers, "since"),
    ],
)
def test_the_function_takes_its_arguments(function: Callable[..., Any], names: str) -> None:
    assert set(names.split()) <= set(inspect.signature(function).parameters)


def test_the_dataclasses_have_their_fields() -> None:
    info = {field.name for field in dataclasses.fields(DoormanCustomerInfo)}
    assert info == {"uuid", "name", "phone", "email", "is_active", "code"}
    stats = {field.name for field in dataclasses.fields(OrderStats)}
    assert {"customer_uuid", "order_count", "refund_count"} <= stats
