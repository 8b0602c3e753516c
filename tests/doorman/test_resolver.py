"""The resolver that comes with doorman passes the suite that every resolver must pass."""

from __future__ import annotations

from uuid import UUID

import pytest

from doorman.adapters.memory import MemoryResolver
from doorman.protocols.customer import CustomerResolver
from doorman.testing import MakeCustomer, ResolverConformance
from shopman.models import Tenant


class TestMemoryResolver(ResolverConformance):
    @pytest.fixture
    def resolver(self, in_tenant: Tenant) -> CustomerResolver:
        return MemoryResolver()

    @pytest.fixture
    def customer_with(self, resolver: MemoryResolver) -> MakeCustomer:
        def make(*, phone: str = "", email: str = "", is_active: bool = True) -> UUID:
            return resolver.add(phone=phone, email=email, is_active=is_active).uuid

        return make
