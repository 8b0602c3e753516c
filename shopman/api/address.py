"""The address a request came from."""

from __future__ import annotations

import ipaddress

from django.http import HttpRequest

from shopman.conf import conf


def client_address(request: HttpRequest) -> str:
    """The client's IP address in its shortest form; empty when it cannot be known.

    ``X-Forwarded-For`` is ignored unless ``SHOPMAN["TRUSTED_PROXY_COUNT"]`` says how many proxies
    stand in front. Each of them appends the address it was called from, so with n proxies the n-th
    entry from the right is the client; everything further left is the client's own invention. A
    header with fewer entries did not pass all proxies: its oldest entry is as far as trust goes.
    """
    count = conf.TRUSTED_PROXY_COUNT
    text = request.META.get("REMOTE_ADDR", "")
    if count:
        forwarded = [
            part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        ]
        entries = [part for part in forwarded if part]
        if entries:
            text = entries[-min(count, len(entries))]
    return _canonical(text)


def _canonical(text: str) -> str:
    bare = text
    if text.startswith("["):
        bare = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        bare = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return ""
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)
