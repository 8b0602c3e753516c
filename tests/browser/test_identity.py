"""Matters of identity, as staff see them: the list, one of them, and the customer's page."""

from __future__ import annotations

import pytest

from guestman.contrib.identifiers.resolver import IdentityResolver
from guestman.contrib.identifiers.services import blocking
from guestman.services import contact_point, customer
from shopman import tenancy
from shopman.models import Tenant
from tests.browser.looking import Eyes
from tests.shopman.factories import member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EMAIL, PHONE = "ana.souza@loja.com.br", "+5511987654321"


def test_matters_of_identity(tenant: Tenant, eyes: Eyes) -> None:
    with tenancy.use(tenant):
        ana = customer.create(first_name="Ana", last_name="Souza", email=EMAIL)
        contact_point.verify(contact_point=ana.contact_points.get(), method="manual")
        customer.create(first_name="Beatriz", last_name="Lima", phone=PHONE)
        resolve = IdentityResolver().resolve_identity
        found = resolve(email=EMAIL, phone=PHONE, record=("order", "1"), source="checkout")
        resolve(email=EMAIL, phone="+5521976543210", record=("order", "2"), source="checkout")
        blocking.block(family="phone", value="+551130001000", reason="The tablet in the shop")
    assert found.review is not None
    eyes.sign_in(member(tenant, "owner"))
    matters = "/admin/guestman_identifiers/reviewitem/"
    eyes.see(matters, "identity-matters")
    eyes.see(f"{matters}{found.review.pk}/change/", "identity-matter")
    eyes.see(f"{matters}{found.review.pk}/settle/", "identity-settle")
    eyes.see("/admin/guestman_identifiers/blockedvalue/", "identity-blocked")
    eyes.see(f"/admin/guestman/customer/{ana.pk}/change/", "identity-customer")
