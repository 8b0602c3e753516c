"""The colours of figures: strong enough on their ground, and told apart by colour-blind eyes."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest

import shopman

CSS = (Path(shopman.__file__).parent / "static" / "shopman" / "charts.css").read_text()
LIGHT, DARK, BY_SYSTEM = (
    ".chart-figure",
    ".dark .chart-figure",
    "html:not([x-data]) .chart-figure",
)
#: Rows for red, green and blue: how a colour looks to dichromats (Viénot, Brettel, Mollon 1999),
#: in linear light.
BLINDNESS = {
    "protanopia": ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
    "deuteranopia": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
}


def palette(selector: str) -> dict[str, str]:
    block = CSS[CSS.index(f"{selector} {{") :]
    return dict(re.findall(r"--chart-([a-z0-9]+): (#[0-9a-f]{6});", block[: block.index("}")]))


def linear(colour: str) -> tuple[float, ...]:
    found = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in found)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio."""
    lights = [
        sum(part * weight for part, weight in zip(linear(c), (0.2126, 0.7152, 0.0722), strict=True))
        for c in (one, other)
    ]
    return (max(lights) + 0.05) / (min(lights) + 0.05)


@pytest.mark.parametrize(
    "selector", [".chart-figure", ".dark .chart-figure", "html:not([x-data]) .chart-figure"]
)
def test_marks_and_words_stand_out(selector: str) -> None:
    colours = palette(selector)
    ground = colours["ground"]
    for number in range(5):
        assert contrast(colours[str(number)], ground) >= 3, number
    assert contrast(colours["zero"], ground) >= 3
    assert contrast(colours["focus"], ground) >= 3
    for name in ("text", "strong"):
        assert contrast(colours[name], ground) >= 4.5, name


def test_the_system_and_the_admin_have_one_dark_palette() -> None:
    assert palette(DARK) == palette(BY_SYSTEM)


@pytest.mark.parametrize("kind", BLINDNESS)
@pytest.mark.parametrize("selector", [LIGHT, DARK])
def test_the_first_three_are_told_apart_by_colour_blind_eyes(selector: str, kind: str) -> None:
    colours = palette(selector)

    def seen(name: str) -> tuple[float, ...]:
        light = linear(colours[name])
        return tuple(
            sum(w * part for w, part in zip(row, light, strict=True)) for row in BLINDNESS[kind]
        )

    for one, other in combinations("012", 2):
        apart = sum((a - b) ** 2 for a, b in zip(seen(one), seen(other), strict=True)) ** 0.5
        assert apart > 0.1, (one, other, apart)
