"""How a request finds its tenant.

Hosts and tenants change a few times a year and are asked for on every request, so each process
remembers what it read for ``SHOPMAN["TENANT_CACHE_SECONDS"]`` (5 by default). There is nothing to
invalidate across processes: a tenant that was closed answers at most that much longer.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from django.core.exceptions import DisallowedHost
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.http.request import split_domain_port

from shopman.conf import conf
from shopman.models import Tenant, TenantDomain
from shopman.tenancy import staff

#: Hosts remembered at most; a caller who invents host names cannot fill the memory.
_MAX_HOSTS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What is known for a host. ``is_named``: the host belongs to a tenant, active or not."""

    of_host: Tenant | None
    is_named: bool
    default: Tenant | None
    until: float


_answers: dict[tuple[str, str | None], _Answer] = {}
_lock = threading.Lock()


def resolve(request: HttpRequest) -> Tenant | None:
    """The tenant of a request, or None, which is answered with 404.

    The host's tenant (TenantDomain); else the shop that the signed-in member of staff has chosen or
    the only one he works for; else ``SHOPMAN["DEFAULT_TENANT"]``. Inactive tenants are unknown, and
    their hosts do not fall through to another.
    """
    answer = _for_host(_host(request))
    if answer.is_named:
        return answer.of_host
    return _of_staff(request) or answer.default


def forget() -> None:
    """Drop what this process remembers about hosts and tenants."""
    with _lock:
        _answers.clear()


def _host(request: HttpRequest) -> str:
    try:
        return split_domain_port(request.get_host())[0]
    except DisallowedHost:
        # CommonMiddleware refuses it with a 400.
        return ""


def _of_staff(request: HttpRequest) -> Tenant | None:
    if not hasattr(request, "session") or request.session.session_key is None:
        return None
    known = staff.memberships(request)
    chosen = request.session.get(staff.SELECTED_TENANT)
    if chosen and staff.is_superuser(request):
        return Tenant.objects.filter(slug=chosen, is_active=True).first()
    if chosen:
        return next((each.tenant for each in known if each.tenant.slug == chosen), None)
    return known[0].tenant if len(known) == 1 else None


def _for_host(host: str) -> _Answer:
    key = (host, conf.DEFAULT_TENANT)
    found = _answers.get(key)
    if found is None or found.until < time.monotonic():
        found = _read(*key)
        if conf.TENANT_CACHE_SECONDS:
            with _lock:
                if len(_answers) >= _MAX_HOSTS:
                    _answers.clear()
                _answers[key] = found
    return found


def _read(host: str, default: str | None) -> _Answer:
    domain = TenantDomain.objects.filter(tenant=OuterRef("pk"), host=host)
    rows = Tenant.objects.annotate(is_of_host=Exists(domain)).filter(
        Q(is_of_host=True) | Q(slug=default or "")
    )
    of_host = default_tenant = None
    is_named = False
    for tenant in rows:
        if tenant.is_of_host:
            is_named = True
            of_host = tenant if tenant.is_active else None
        if tenant.slug == default and tenant.is_active:
            default_tenant = tenant
    return _Answer(
        of_host=of_host,
        is_named=is_named,
        default=default_tenant,
        until=time.monotonic() + conf.TENANT_CACHE_SECONDS,
    )
