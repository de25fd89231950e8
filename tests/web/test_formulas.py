"""Formulas of the browser view in a real browser: drawn, within the page, their TeX unseen."""

import os
from pathlib import Path

import pytest

from tests.checkers import NOT_OF_A_MAIL, axe_violations, html_errors
from tests.web.chromium import browser
from tests.web.site import ADDRESS, Site
from tests.world import MONDAY, hours

FOLDER = os.environ.get("DIGEST_SCREENSHOTS")
TITLE = r"Experts of $\mathcal{O}(n\log n)$ routing in $\mathbb{R}^{n\times d}$"
ABSTRACT = (
    r"We bound the loss of sparse experts by \[\sum_{i=1}^{n}\frac{\|x_i\|_2^2}{\sqrt{n}}\] where "
    r"$x_i\sim\mathcal{N}(0,\sigma^2)$, at prices from $5 to $10 a day and with "
    r"$\mathrm{softmax}(QK^\top/\sqrt{d_k})V$ throughout. It gains 4.5\% over \textbf{dense} ones."
)
DRAWN = """() => [...document.querySelectorAll('math')].map(m => {
  const box = m.getBoundingClientRect(), note = m.querySelector('annotation');
  return [box.width, box.height, box.right, note.getClientRects().length];
})"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_formulas_are_drawn_within_a_narrow_page(lite: Site, scheme: str) -> None:
    world = lite.world
    world.clock.set(MONDAY + hours(20))
    await world.list_papers(TITLE, votes=900, abstract=ABSTRACT)
    await world.at(MONDAY + hours(32))
    token = world.html_to(ADDRESS)[1].partition("/unsubscribe/")[2].partition('"')[0]
    async with browser() as running:
        context = await running.new_context(color_scheme="dark" if scheme == "dark" else "light")
        page = await context.new_page()
        await page.goto(f"{lite.client.base_url}/digest/mail/{token}")
        for width in (320, 360, 1280):
            await page.set_viewport_size({"width": width, "height": 800})
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
            drawn = await page.evaluate(DRAWN)
            assert len(drawn) == 5
            for across, high, right, shown in drawn:
                assert across > 5
                assert high > 8
                assert right <= width
                assert shown == 0
            if FOLDER:
                path = Path(FOLDER) / f"formulas-{scheme}-{width}.png"
                await page.screenshot(path=path, full_page=True)
        words = await page.inner_text("body")
        assert "from $5 to $10 a day" in words
        await context.close()


async def test_the_browser_view_and_the_preview_are_accessible_and_valid(
    lite: Site, tmp_path: Path
) -> None:
    world = lite.world
    world.clock.set(MONDAY + hours(20))
    await world.list_papers(TITLE, votes=900, abstract=ABSTRACT)
    await world.at(MONDAY + hours(32))
    await world.list_papers(f"More experts: {TITLE}", votes=900, abstract=ABSTRACT)
    token = world.html_to(ADDRESS)[1].partition("/unsubscribe/")[2].partition('"')[0]
    paths = {"view": f"/digest/mail/{token}", "preview": f"/digest/preferences/{token}/preview"}
    documents = {f"{n}.html": (await lite.client.get(path)).text for n, path in paths.items()}
    assert all("Experts" in document for document in documents.values())
    assert "<math" in documents["view.html"]
    assert html_errors(documents, tmp_path) == []
    async with browser() as running:
        for scheme in ("light", "dark"):
            page = await running.new_page(color_scheme="dark" if scheme == "dark" else "light")
            for name, path in paths.items():
                await page.goto(f"{lite.client.base_url}{path}")
                assert await axe_violations(page, off=NOT_OF_A_MAIL) == [], (name, scheme)
