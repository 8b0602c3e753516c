"""The site builds without a dead link, holds every page, and loads nothing from elsewhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from devtools import docs
from tests.docs import pages

#: Attributes by which a page loads something, as opposed to linking to it.
LOADING = {"src", "srcset", "data", "poster"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    assert docs.build(folder) == 0, "see what mkdocs says above"
    return folder


class Loads(HTMLParser):
    """Collects the addresses that a page loads by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.found += [value for name, value in attrs if name in LOADING and value]
        if tag == "link" and given.get("rel") != "canonical":
            self.found.append(given.get("href") or "")


def test_every_page_is_in_the_navigation_and_built(site: Path) -> None:
    navigation = re.findall(r"[\w/-]+\.md", (pages.ROOT / "mkdocs.yml").read_text())
    assert sorted(navigation) == pages.names()
    for name in navigation:
        path = name.removesuffix("index.md").removesuffix(".md")
        assert (site / path / "index.html").exists(), name


@pytest.mark.parametrize(
    ("page", "complaint"),
    [
        ("[gone](gone.md)", "'gone.md', but the target is not found"),
        ("[gone](#gone)", "'#gone', but there is no such anchor"),
        ("![gone](gone.webp)", "'gone.webp', but the target is not found"),
    ],
)
def test_a_link_that_leads_nowhere_fails_the_build(
    tmp_path: Path, page: str, complaint: str, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "docs" / "assets").mkdir(parents=True)
    (tmp_path / "docs" / "index.md").write_text(f"# Page\n\n{page}\n")
    config = tmp_path / "mkdocs.yml"
    config.write_text(
        f"INHERIT: {pages.ROOT / 'mkdocs.yml'}\n"
        "docs_dir: docs\nnav: [{Page: index.md}]\nextra_css: []\ntheme: {name: mkdocs}\n"
    )
    assert docs.build(tmp_path / "site", config=config) != 0
    assert complaint in capfd.readouterr().err


def test_nothing_is_loaded_from_another_host(site: Path) -> None:
    for page in site.rglob("*.html"):
        parser = Loads()
        parser.feed(page.read_text(encoding="utf-8"))
        assert parser.found
        elsewhere = [each for each in parser.found if urlsplit(each).netloc]
        assert elsewhere == [], page.relative_to(site)


def test_no_style_loads_from_another_host(site: Path) -> None:
    for sheet in site.rglob("*.css"):
        addresses = re.findall(r"""url\(["']?([^"')]+)|@import\s+["']([^"']+)""", sheet.read_text())
        for address in filter(None, (one or other for one, other in addresses)):
            assert not urlsplit(address).netloc, f"{sheet.name}: {address}"


def test_pages_are_searched_on_the_spot(site: Path) -> None:
    assert (site / "search" / "search_index.json").exists()
