"""What the pages show in a Python prompt is what Python answers."""

from __future__ import annotations

import doctest

import pytest

from tests.docs import pages

WITH_SESSIONS = [name for name in pages.names() if pages.session(name)]


@pytest.mark.parametrize("page", WITH_SESSIONS)
def test_the_session_runs_as_it_is_written(page: str) -> None:
    test = doctest.DocTestParser().get_doctest(pages.session(page), {}, page, page, 0)
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(test, out=said.append)
    assert runner.failures == 0, "".join(said)
    assert runner.tries > 0


def test_the_algorithms_show_sessions() -> None:
    assert {"algorithms/contacts.md", "algorithms/order-references.md"} <= set(WITH_SESSIONS)
