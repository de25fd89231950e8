"""The mail's colours, light and dark, and contrast by WCAG 2.2 (success criterion 1.4.3)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

Colour = tuple[int, int, int]
READABLE = 4.8  # above the 4.5:1 of WCAG AA, so that a client's own rounding does no harm
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as #rrggbb.

    Grounds are the page behind, the panel, a topic's band and the chip's ``tint``; ``soft`` is
    quiet text, ``on_accent`` text on a button.
    """

    page: str
    panel: str
    band: str
    ink: str
    soft: str
    line: str
    accent: str
    tint: str
    on_accent: str


def light_palette(accent: str) -> Palette:
    """Return the light colours around an accent, darkened until it can be read."""
    panel, band, page = (255, 255, 255), (250, 249, 247), (244, 243, 239)
    tint = mix(parse_colour(accent), panel, 0.09)
    readable = readable_on(parse_colour(accent), (panel, band, page, tint))
    return Palette(
        page=css(page), panel=css(panel), band=css(band), ink="#1a1d21",
        soft="#565d66", line="#e5e3dd", accent=css(readable), tint=css(tint),
        on_accent="#ffffff",
    )  # fmt: skip


def dark_palette(accent: str) -> Palette:
    """Return the dark colours around an accent, lightened until it can be read."""
    panel, band, page = (24, 27, 32), (30, 34, 40), (15, 17, 20)
    tint = mix(parse_colour(accent), panel, 0.22)
    readable = readable_on(parse_colour(accent), (panel, band, page, tint))
    return Palette(
        page=css(page), panel=css(panel), band=css(band), ink="#e9ebee",
        soft="#a7afba", line="#2c3138", accent=css(readable), tint=css(tint),
        on_accent="#0f1114",
    )  # fmt: skip


def parse_colour(text: str) -> Colour:
    """Return the red, green and blue of #rgb or #rrggbb; raises ValueError for anything else."""
    if not _HEX.fullmatch(text):
        raise ValueError(f"a colour is written #rgb or #rrggbb, not {text!r}")
    digits = text[1:] if len(text) == 7 else "".join(digit * 2 for digit in text[1:])
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def css(colour: Colour) -> str:
    """Return a colour as #rrggbb."""
    return "#" + "".join(f"{part:02x}" for part in colour)


def mix(colour: Colour, other: Colour, share: float) -> Colour:
    """Return ``share`` (0..1) of a colour laid over another."""
    red, green, blue = (
        round(a * share + b * (1 - share)) for a, b in zip(colour, other, strict=True)
    )
    return red, green, blue


def inverted(colour: Colour) -> Colour:
    """Return what a client shows that turns a light mail dark by inverting its channels."""
    return 255 - colour[0], 255 - colour[1], 255 - colour[2]


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of two colours, 1..21 (WCAG 2.2)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def readable_on(colour: Colour, grounds: Iterable[Colour]) -> Colour:
    """Return the colour, moved towards black or white until it reads on all grounds.

    The same must hold after a client has inverted colour and ground.
    """
    backs = tuple(grounds)
    goal = (0, 0, 0) if _luminance(backs[0]) > 0.2 else (255, 255, 255)
    for step in range(51):
        moved = mix(goal, colour, step / 50)
        if all(_reads(moved, back) for back in backs):
            return moved
    return goal


def _reads(colour: Colour, back: Colour) -> bool:
    upright = contrast(colour, back)
    return min(upright, contrast(inverted(colour), inverted(back))) >= READABLE


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
