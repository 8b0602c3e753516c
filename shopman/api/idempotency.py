"""Idempotency-Key: a POST that creates may be sent again without creating twice."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any

import orjson
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from shopman import clock
from shopman.api.permissions import customer_of
from shopman.api.renderers import dumps
from shopman.conf import conf
from shopman.errors import BadRequest, Invalid
from shopman.keys import is_idempotency_key
from shopman.models import IdempotencyRecord

HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotency-Replayed"
#: Headers of the answer that are kept with it.
KEPT_HEADERS = ("ETag", "Location", "Content-Type")

Work = Callable[[], HttpResponse]


class InvalidIdempotencyKey(BadRequest):
    """An Idempotency-Key is 1 to 255 visible ASCII characters."""

    code = "invalid_idempotency_key"


class IdempotencyKeyReused(Invalid):
    """This Idempotency-Key was already used for another request."""

    code = "idempotency_key_reused"


def once(request: Request, work: Work, *, principal: str | None = None) -> HttpResponse:
    """Do the work, or give the answer it gave when the same caller sent the same key before.

    With the header, one transaction holds the work and the stored answer: both are there or
    neither. A request that fails, by an exception or a status from 400, stores nothing and may be
    sent again. Two at once: the second waits for the first and gets its answer. Keys belong to a
    caller within a tenant and live ``SHOPMAN["IDEMPOTENCY_TTL_HOURS"]``. Without the header the
    work simply runs, and its services open their own transactions.

    Only for work whose failures leave nothing behind: a service that commits a verdict and then
    raises (a counted wrong code) must not be called in here. Visitors who are nobody yet share
    one space of keys, so a key must be hard to guess, as a UUID is. Where something else than a
    login says who is calling, such as a cart's key, the view names that caller as ``principal``
    (``cart:<uuid>``, at most 80 characters) and must have proved it.

    Raises InvalidIdempotencyKey, IdempotencyKeyReused.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return work()
    if not is_idempotency_key(key):
        raise InvalidIdempotencyKey
    digest = _digest(request)
    with transaction.atomic():
        record, is_new = _claim(principal or _principal(request), key, digest)
        if not is_new:
            if record.request_digest != digest:
                raise IdempotencyKeyReused
            return _replay(record)
        answer = work()
        if answer.status_code >= 400:
            _forget(record)
        else:
            _keep(record, answer)
        return answer


def purge(*, batch_size: int = 5000) -> int:
    """Delete the expired records of all tenants, in batches; returns how many there were."""
    limit = clock.now() - dt.timedelta(hours=conf.IDEMPOTENCY_TTL_HOURS)
    expired = IdempotencyRecord.all_tenants.filter(created_at__lt=limit)
    count = 0
    while keys := list(expired.order_by("uuid").values_list("uuid", flat=True)[:batch_size]):
        count += IdempotencyRecord.all_tenants.filter(uuid__in=keys).delete()[0]
    return count


def _claim(principal: str, key: str, digest: str) -> tuple[IdempotencyRecord, bool]:
    """The record of a key, and whether it was made just now by this request."""
    oldest = clock.now() - dt.timedelta(hours=conf.IDEMPOTENCY_TTL_HOURS)
    mine = IdempotencyRecord.objects.filter(principal=principal, key=key)
    mine.filter(created_at__lt=oldest).delete()
    try:
        # Waits here for a request with the same key that has not committed yet.
        with transaction.atomic():
            return IdempotencyRecord.objects.create(
                principal=principal, key=key, request_digest=digest
            ), True
    except IntegrityError:
        return mine.get(), False


def _principal(request: Request) -> str:
    customer = customer_of(request)
    user: Any = request.user
    if hasattr(user, "is_staff") and user.is_authenticated:
        return f"user:{user.pk}"
    if customer is not None:
        return f"customer:{customer.uuid}"
    return "anonymous"


def _digest(request: Request) -> str:
    """SHA-256 of method, path and body; spelling and key order of the JSON do not matter."""
    body = orjson.dumps(request.data, option=orjson.OPT_SORT_KEYS)
    head = f"{request.method} {request.get_full_path()}\n".encode()
    return hashlib.sha256(head + body).hexdigest()


def _keep(record: IdempotencyRecord, answer: HttpResponse) -> None:
    is_unrendered = isinstance(answer, Response) and not answer.is_rendered
    body = dumps(getattr(answer, "data", None)) if is_unrendered else answer.content
    headers = {name: answer[name] for name in KEPT_HEADERS if name in answer}
    headers.setdefault("Content-Type", "application/json")
    IdempotencyRecord.objects.filter(uuid=record.uuid).update(
        status=answer.status_code, headers=headers, body=body
    )


def _forget(record: IdempotencyRecord) -> None:
    IdempotencyRecord.objects.filter(uuid=record.uuid).delete()


def _replay(record: IdempotencyRecord) -> HttpResponse:
    headers = {**record.headers, REPLAYED_HEADER: "true"}
    return HttpResponse(bytes(record.body), status=record.status, headers=headers)
