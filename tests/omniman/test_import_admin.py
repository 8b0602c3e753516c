from __future__ import annotations

from dataclasses import asdict

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from omniman.models import ImportRun
from omniman.services.order_import import Counts
from shopman.models import Tenant


@pytest.mark.django_db
def test_staff_look_at_imports_and_change_nothing(client: Client, in_tenant: Tenant) -> None:
    run = ImportRun.objects.create(
        file_name="orders.csv",
        file_digest="0" * 64,
        mapping="online-retail",
        mapping_digest="0" * 64,
        source="online-retail",
        currency="BRL",
        counts=asdict(Counts(sale_count=3, return_count=1, sales_amount=1000, returns_amount=-250)),
    )
    client.force_login(get_user_model().objects.create_superuser("ann", password="secret-ann"))
    listed = client.get(reverse("admin:omniman_importrun_changelist")).content.decode()
    assert "orders.csv" in listed
    assert "7.50 BRL" in listed
    address = reverse("admin:omniman_importrun_change", args=[run.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"file_name": "other.csv"}).status_code == 403
    run.refresh_from_db()
    assert run.file_name == "orders.csv"
