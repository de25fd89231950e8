"""The looks of a mail in a real browser: no sideways scroll, enough contrast, one outline."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, sync_playwright

from digest.mail.palette import Colour, contrast, inverted
from tests.golden.test_golden_mails import ALARMS, MOVED
from tests.mail.reading import TOKEN, html_of
from tests.mail.samples import LOOK, VIEW, renderer, sample_facts
from tests.web.chromium import devtools

RENDERER = renderer(replace(LOOK, accent="#ffd400"))  # the hardest accent to read on white
# The colour of every visible text with the first opaque ground behind it.
TEXT_COLOURS = """() => {
  const out = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode, own = text.parentElement;
    if (!text.data.trim() || !own.getClientRects().length) continue;
    let ground = own;
    while (ground && /rgba\\(0, 0, 0, 0\\)/.test(getComputedStyle(ground).backgroundColor))
      ground = ground.parentElement;
    const style = getComputedStyle(own);
    out.push([text.data.trim().slice(0, 40), style.color,
              ground ? getComputedStyle(ground).backgroundColor : 'rgb(255, 255, 255)',
              parseFloat(style.fontSize)]);
  }
  return out;
}"""


MAILS = {
    "alarm": html_of(RENDERER.render_mail("alarm", **ALARMS)),
    "digest": html_of(RENDERER.render_digest(sample_facts(), replace(VIEW, extract="full"))),
    "confirm": html_of(RENDERER.render_mail("confirm")),
    "already subscribed": html_of(RENDERER.render_mail("already_subscribed")),
    "moved": html_of(RENDERER.render_mail("address_changed_notice", **MOVED)),
    "digest in German": html_of(
        RENDERER.render_digest(sample_facts(), replace(VIEW, language="de"))
    ),
    "test": html_of(RENDERER.render_mail("test", relay="smtp.example.org", time="08:00")),
    "browser view": RENDERER.render_browser_view(sample_facts(), VIEW, TOKEN),
}


@pytest.fixture(scope="module")
def pages() -> Iterator[dict[str, Page]]:
    """Give one page that prefers light colours and one that prefers dark ones."""
    address = devtools()
    with sync_playwright() as playwright:
        browser = playwright.chromium.connect_over_cdp(address)
        light = browser.new_context(color_scheme="light").new_page()
        dark = browser.new_context(color_scheme="dark").new_page()
        yield {"light": light, "dark": dark}
        browser.close()


def colour(text: str) -> Colour:
    red, green, blue = (int(part) for part in re.findall(r"\d+", text)[:3])
    return red, green, blue


@pytest.mark.parametrize("name", MAILS)
def test_no_mail_scrolls_sideways(pages: dict[str, Page], name: str) -> None:
    page = pages["light"]
    page.set_content(MAILS[name])
    for width in (320, 360, 480, 540, 700):
        page.set_viewport_size({"width": width, "height": 600})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", MAILS)
def test_every_text_can_be_read_also_inverted(
    pages: dict[str, Page], name: str, scheme: str
) -> None:
    page = pages[scheme]
    page.set_content(MAILS[name])
    texts = page.evaluate(TEXT_COLOURS)
    assert len(texts) > 4
    for words, ink, ground, size in texts:
        one, other = colour(ink), colour(ground)
        assert contrast(one, other) >= 4.5, (words, ink, ground)
        assert contrast(inverted(one), inverted(other)) >= 4.5, (words, ink, ground)
        assert size >= 11, (words, size)


def test_dark_and_light_differ(pages: dict[str, Page]) -> None:
    grounds = set()
    for page in pages.values():
        page.set_content(MAILS["digest"])
        grounds.add(page.evaluate("getComputedStyle(document.querySelector('.panel')).background"))
    assert len(grounds) == 2


def test_titles_and_abstracts_are_set_in_16_pixels_or_more(pages: dict[str, Page]) -> None:
    page = pages["light"]
    page.set_content(MAILS["digest"])
    for name in (".title", ".text", ".rest", ".links", ".sum"):
        size = page.evaluate(
            "name => parseFloat(getComputedStyle(document.querySelector(name)).fontSize)", name
        )
        assert size >= 16, name


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_has_one_h1_and_its_preheader_is_not_seen(pages: dict[str, Page], name: str) -> None:
    page = pages["light"]
    page.set_content(MAILS[name])
    assert page.locator("h1").count() == 1
    assert not page.locator(".pre").is_visible()
