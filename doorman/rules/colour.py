"""Readable text on the shop's colour (WCAG 2.2, contrast ratio)."""

from __future__ import annotations

import re

_HEX = re.compile(r"#[0-9a-fA-F]{6}\Z")


def is_colour(text: str) -> bool:
    """Whether this is ``#rrggbb``."""
    return bool(_HEX.match(text))


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb``, 0 to 1 (WCAG 2.2, definition of relative luminance)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def text_on(colour: str) -> str:
    """Black or white, whichever reads better on the colour; one of them always passes AA."""
    return max(("#ffffff", "#000000"), key=lambda text: contrast(text, colour))


def readable(colour: str, *, on: str, minimum: float = 4.5) -> str:
    """The colour itself, or the nearest mix with black or white that reads well on ``on``."""
    towards = text_on(on)
    for step in range(21):
        mixed = _mix(colour, towards, step / 20)
        if contrast(mixed, on) >= minimum:
            return mixed
    return towards


def _mix(colour: str, other: str, share: float) -> str:
    parts = (
        round(int(colour[at : at + 2], 16) * (1 - share) + int(other[at : at + 2], 16) * share)
        for at in (1, 3, 5)
    )
    return "#" + "".join(f"{part:02x}" for part in parts)
