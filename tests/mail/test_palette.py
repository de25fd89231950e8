"""Colours can be read, in whatever accent the operator chose."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.mail.palette import (
    Colour,
    Palette,
    contrast,
    css,
    dark_palette,
    inverted,
    light_palette,
    mix,
    parse_colour,
)

COLOURS = st.tuples(*[st.integers(0, 255)] * 3)


def pairs(palette: Palette) -> list[tuple[str, str]]:
    grounds = [palette.panel, palette.page, palette.band]
    texts = [palette.ink, palette.soft, palette.accent]
    return [
        *((text, ground) for text in texts for ground in grounds),
        (palette.accent, palette.tint),
        (palette.on_accent, palette.accent),
    ]


@settings(max_examples=300, deadline=None)
@given(COLOURS)
def test_every_accent_is_readable_light_dark_and_inverted(accent: Colour) -> None:
    for palette in (light_palette(css(accent)), dark_palette(css(accent))):
        for text, ground in pairs(palette):
            one, other = parse_colour(text), parse_colour(ground)
            assert contrast(one, other) >= 4.5
            assert contrast(inverted(one), inverted(other)) >= 4.5


def test_an_accent_that_is_readable_already_is_left_alone() -> None:
    assert light_palette("#23629f").accent == "#23629f"


@given(COLOURS)
def test_a_colour_is_written_and_read_back(colour: Colour) -> None:
    assert parse_colour(css(colour)) == colour
    assert mix(colour, (0, 0, 0), 1.0) == colour


def test_the_short_form_doubles_its_digits() -> None:
    assert parse_colour("#1aF") == (0x11, 0xAA, 0xFF)


@pytest.mark.parametrize("text", ["", "red", "#12", "#12345", "123456", "#12345g", "#123456;}"])
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="colour"):
        parse_colour(text)


def test_contrast_of_black_and_white_is_21() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
