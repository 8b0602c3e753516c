"""How a request finds its tenant."""

from __future__ import annotations

from django.http import HttpRequest

from shopman import tenancy
from shopman.conf import conf
from shopman.models import Tenant


def resolve(request: HttpRequest) -> Tenant | None:
    """The default tenant."""
    return tenancy.by_slug(conf.DEFAULT_TENANT) if conf.DEFAULT_TENANT else None
