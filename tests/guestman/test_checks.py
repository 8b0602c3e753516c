"""Settings are tried when the project starts, and every error has its own code."""

from __future__ import annotations

import importlib
import inspect

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey, UniqueConstraint
from django.test import override_settings

from guestman import checks, errors, signals
from guestman.conf import conf
from guestman.protocols.geocoder import NullGeocoder
from guestman.services import ports
from shopman.errors import Failure
from shopman.models import OrganizationModel, Tenant

MIGRATION = importlib.import_module("guestman.migrations.0002_search_trigrams")


def complaints() -> list[str | None]:
    ports_in_use = (ports.geocoder, ports.identity_resolver, ports.order_history)
    messages = [*type(conf).check(), *(each for port in ports_in_use for each in port.check())]
    if not messages:
        messages = checks.settings_make_sense(None)
    return [message.id for message in messages]


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"GEOCODER": "nowhere.Geocoder"}, "shopman.E003"),
        ({"GEOCODER": "guestman.conf.conf"}, "shopman.E004"),
        ({"IDENTITY_RESOLVER": "nowhere.Resolver"}, "shopman.E003"),
        ({"ORDER_HISTORY_BACKEND": "nowhere.Backend"}, "shopman.E003"),
        ({"GEOCODR": "x"}, "shopman.E001"),
        ({"STALE_IDENTITY_DAYS": "180"}, "shopman.E002"),
        ({"STALE_IDENTITY_DAYS": 0}, "guestman.E001"),
        ({"CODE_PREFIX": ""}, "guestman.E002"),
    ],
)
def test_a_wrong_setting_is_named(settings: dict[str, object], complaint: str) -> None:
    with override_settings(GUESTMAN=settings):
        assert complaints() == [complaint]


def test_the_defaults_need_nothing_else() -> None:
    with override_settings(GUESTMAN={}):
        assert isinstance(ports.geocoder.get(), NullGeocoder)
        assert complaints() == []


@pytest.mark.postgres
@pytest.mark.django_db
def test_search_without_its_index_is_noticed() -> None:
    assert checks.search_is_indexed(None, databases=["default"]) == []
    with connection.cursor() as cursor:
        cursor.execute(MIGRATION.DROP)
    (warning,) = checks.search_is_indexed(None, databases=["default"])
    assert warning.id == "guestman.W001"
    with connection.cursor() as cursor:
        cursor.execute(MIGRATION.ADD)
    assert checks.search_is_indexed(None, databases=["default"]) == []


def test_every_error_has_a_code_of_its_own_and_a_sentence() -> None:
    own = [
        error
        for error in vars(errors).values()
        if inspect.isclass(error)
        and issubclass(error, Failure)
        and error.__module__ == errors.__name__
    ]
    assert len({error.code for error in own}) == len(own)
    for error in own:
        assert (error.__doc__ or "").strip().endswith(".")
        assert error.__name__ in errors.__all__


def test_every_signal_says_what_it_carries() -> None:
    source = inspect.getsource(signals).split("\n\n")
    declared = [block for block in source if "= Signal()" in block]
    assert len(declared) == 11
    assert all(block.lstrip().startswith("#: ``customer_uuid: UUID") for block in declared)


def test_unique_constraints_begin_with_the_tenant_and_rows_may_belong_to_a_branch() -> None:
    for model in apps.get_app_config("guestman").get_models():
        for constraint in model._meta.constraints:
            if isinstance(constraint, UniqueConstraint):
                assert constraint.fields[0] == "tenant", constraint.name
        fields = [field for field in model._meta.fields if isinstance(field, ForeignKey)]
        assert any(field.related_model is Tenant for field in fields)
        if any(field.name in ("customer", "contact_point") for field in fields):
            assert issubclass(model, OrganizationModel)
