"""Every picture a page names is there, every picture is named, and all of them are light."""

from __future__ import annotations

import re

from devtools import screenshots
from tests.docs import pages

#: Bytes of all pictures together.
MOST = 1_500_000


def named() -> set[str]:
    """The pictures that pages show, by file name."""
    found = (
        re.findall(r"assets/screenshots/([\w.-]+)", pages.text(name)) for name in pages.names()
    )
    return {name for names in found for name in names}


def kept() -> dict[str, int]:
    """The pictures of the repository, with their bytes."""
    return {file.name: file.stat().st_size for file in screenshots.PICTURES.iterdir()}


def test_pages_and_pictures_agree() -> None:
    assert named() == set(kept())


def test_the_script_takes_every_picture() -> None:
    taken = {f"{name}.webp" for _, name, _ in screenshots.plan(screenshots.SHOTS)}
    assert set(kept()) == taken


def test_pictures_are_small() -> None:
    assert max(kept().values()) <= screenshots.LARGEST
    assert sum(kept().values()) <= MOST
