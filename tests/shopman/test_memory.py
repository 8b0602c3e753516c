"""Answers remembered for a request or a task: real, and dropped by whoever writes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import RequestFactory

from config.celery import app
from shopman import audit, memory, tenancy
from shopman.memory import Memory
from shopman.middleware import RequestContextMiddleware
from shopman.models import Organization, Tenant

pytestmark = pytest.mark.django_db(transaction=True)

answers = Memory()
steady = Memory(is_steady=True)


@app.task
def remembered_then_kept() -> Any:
    before = answers.get("question")
    answers.put("question", "of a task")
    return before, answers.get("question")


def through_middleware(view: Any) -> None:
    RequestContextMiddleware(lambda request: view() or HttpResponse())(RequestFactory().get("/"))


def test_nothing_is_remembered_outside(in_tenant: Tenant) -> None:
    answers.put("question", 1)
    assert answers.get("question") is None


def test_a_request_remembers_and_the_next_one_does_not(in_tenant: Tenant) -> None:
    seen = []

    def view() -> None:
        seen.append(answers.get("question"))
        answers.put("question", 1)
        seen.append(answers.get("question"))

    through_middleware(view)
    through_middleware(view)
    assert seen == [None, 1, None, 1]


def test_a_task_remembers_and_the_next_one_does_not(in_tenant: Tenant) -> None:
    for _ in range(2):
        assert remembered_then_kept.apply().get() == (None, "of a task")


def test_what_anybody_writes_drops_everything_but_the_steady(
    in_tenant: Tenant, other_tenant: Tenant
) -> None:
    with memory.remembering():
        answers.put("question", 1)
        steady.put("question", 2)
        with tenancy.use(other_tenant):
            audit.record(subject="thing:1", action="thing.change")
        assert answers.get("question") is None
        assert steady.get("question") == 2
        steady.forget()
        assert steady.get("question") is None


def test_tenants_and_organizations_have_answers_of_their_own(
    in_tenant: Tenant, other_tenant: Tenant
) -> None:
    branch = Organization.objects.create(slug="branch", name="Branch")
    with memory.remembering():
        answers.put("question", 1)
        with tenancy.use(other_tenant):
            assert answers.get("question") is None
        with tenancy.use(in_tenant, organization=branch):
            assert answers.get("question") is None
        assert answers.get("question") == 1


def test_what_a_transaction_reads_is_not_remembered(in_tenant: Tenant) -> None:
    with memory.remembering():
        with transaction.atomic():
            answers.put("question", 1)
        assert answers.get("question") is None


def test_a_look_up_leaves_its_trace_and_drops_nothing(in_tenant: Tenant) -> None:
    with memory.remembering():
        answers.put("question", 1)
        audit.trace([audit.Change(subject="thing:1", action="thing.look")])
        assert answers.get("question") == 1
