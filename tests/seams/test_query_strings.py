"""No query string makes a list fail: it is answered or refused."""

from __future__ import annotations

import base64
import json

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from guestman.api.filters import CustomerFilter
from shopman.api.pagination import PARAMETERS
from shopman.models import Tenant
from tests.guestman.factories import CustomerFactory
from tests.offerman.factories import ProductFactory
from tests.shopman.factories import member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

NIL = "00000000-0000-0000-0000-000000000000"
LISTS = {
    "/api/v1/customers": (CustomerFilter.names() | PARAMETERS, "-created_at"),
    "/api/v1/store/products": (PARAMETERS, "name"),
}

digits = st.builds(
    lambda sign, zeros, digit, count: sign + "0" * zeros + digit * count,
    st.sampled_from(["", "-", "+", "1.", "1e", "-1e", "."]),
    st.integers(0, 5),
    st.sampled_from("0129٣²"),
    st.sampled_from([1, 2, 3, 4, 19, 20, 39, 400, 5000]),
)
moments = st.builds(
    "{}{}{}".format,
    st.sampled_from(["0001-01-01", "9999-12-31", "2026-02-30", "0000-00-00", "2026-10-25"]),
    st.sampled_from(["", "T00:00:00", "T23:59:59.999999", " 24:00:00", "T23:59:60"]),
    st.sampled_from(["", "Z", "+14:00", "-14:00", "+23:59", "-23:59", "+99:99", "+00:00:01"]),
)
words = st.sampled_from(
    ["", " ", "null", "None", "NaN", "Infinity", "true", "zz", "\0", "a\0b", "'", "%", "\\", NIL]
)
odd = digits | moments | words | st.text(max_size=30)
# What a byte sequence that is no UTF-8, a lone surrogate too, is on the wire.
raw = odd.map(lambda text: text.encode()) | st.sampled_from([b"\xed\xa0\x80", b"a\xed\xbf\xbf"])


@st.composite
def query_values(draw: st.DrawFn) -> list[bytes]:
    return draw(st.lists(raw, min_size=1, max_size=2))


def quoted(value: bytes) -> str:
    return "".join(f"%{byte:02X}" for byte in value)


def forged(ordering: str, value: bytes) -> str:
    """A cursor of the right shape with an odd value."""
    content = json.dumps(
        [ordering, 0, value.decode(errors="replace"), NIL],
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


@pytest.mark.parametrize("url", LISTS)
def test_every_query_string_is_answered_or_refused(url: str, tenant: Tenant) -> None:
    client = Client()
    client.force_login(member(tenant))
    CustomerFactory.create_batch(2)
    ProductFactory.create_batch(2)
    names, ordering = LISTS[url]

    @settings(
        max_examples=40,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(query_values())
    @example([b"0001-01-01T00:00:00+14:00"])
    @example([b"9999-12-31T23:59:59-14:00"])
    @example([b"2026-01-01T00:00:00+23:59"])
    @example([b"9" * 20])
    @example([b"-1e999999999999"])
    @example([b"0100" + b"0" * 5000])
    @example([b"\0"])
    @example([b"zz", b"zz"])
    def ask(values: list[bytes]) -> None:
        queries = ["&".join(f"{name}={quoted(value)}" for value in values) for name in names]
        queries += [f"cursor={forged(ordering, values[0])}"]
        for query in sorted(queries):
            # So that a failed statement spoils this request only.
            with transaction.atomic():
                answer = client.get(f"{url}?{query}")
            assert answer.status_code in (200, 400), (query, answer.content)
            assert answer.status_code == 400 or "&" not in query, query

    ask()
