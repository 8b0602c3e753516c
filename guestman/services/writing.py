"""One transaction for a service, and one place where the database's refusals get their names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, models, transaction

from guestman.errors import (
    CodeTaken,
    ContactExists,
    ContactTaken,
    DocumentTaken,
    GroupCodeTaken,
    IdentityTaken,
)
from guestman.models import ContactPoint, Customer, CustomerGroup, ExternalIdentity
from shopman.errors import Failure

FAILURES: dict[str, type[Failure]] = {
    "customer_code": CodeTaken,
    "customer_document": DocumentTaken,
    "contact_verified_owner": ContactTaken,
    "contact_held_once": ContactExists,
    "identity_of_provider": IdentityTaken,
    "group_code": GroupCodeTaken,
}


@contextmanager
def writing() -> Iterator[None]:
    """A transaction (a savepoint inside another one) that raises named errors; also a decorator."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        failure = FAILURES.get(_constraint(error))
        if failure is None:
            raise
        raise failure from error


def _constraint(error: IntegrityError) -> str:
    """Name of the violated constraint: PostgreSQL tells it, SQLite tells the columns."""
    diagnosis: Any = getattr(error.__cause__, "diag", None)
    if diagnosis is not None:
        return diagnosis.constraint_name or ""
    columns = str(error).partition("UNIQUE constraint failed: ")[2]
    return _by_columns().get(columns, "")


def _by_columns() -> dict[str, str]:
    names = {}
    for model in (Customer, ContactPoint, CustomerGroup, ExternalIdentity):
        for constraint in model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint):
                own = {field.name: field.column for field in model._meta.concrete_fields}
                columns = (f"{model._meta.db_table}.{own[name]}" for name in constraint.fields)
                names[", ".join(columns)] = constraint.name
    return names
