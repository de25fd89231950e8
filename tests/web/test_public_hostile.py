"""Whatever a feed says is text on every public page, and no page grows out of bounds."""

import pytest

from tests.web.site import Site
from tests.world import MONDAY, hours

MARKUP = (
    '<script>alert("x")</script> & <img src=x onerror=y> experts\r\nSet-Cookie: a=b\u202e\u2066'
)
PAGES = (
    *("/", "/papers/2026-05-04", "/topics/mixture-of-experts", "/search?q=experts"),
    *("/search?q=alert", "/paper/{paper}"),
)
LARGEST = 400_000  # bytes


async def hostile(site: Site, word: str) -> int:
    """List a paper whose every field is hostile; return its id."""
    site.world.clock.set(MONDAY + hours(9))
    [paper] = await site.world.list_papers(
        f"{word} mixture of experts",
        votes=900,
        abstract=f"We propose {word}. {word} improves by 50%. {word}",
        authors=tuple(f"{word} {number}" for number in range(30)),
        categories=(word, "cs.LG"),
        keywords=(word,),
        organization=word,
        url="javascript:alert(1)",
        pdf_url="data:text/html,<script>alert(1)</script>",
        code_url='https://code.example/"onmouseover="alert(1)',
        doi=f"10.1000/{word}",
    )
    return paper


@pytest.mark.parametrize("lang", ["", "en"])
async def test_markup_is_text_and_addresses_lead_to_the_web_alone(lite: Site, lang: str) -> None:
    paper = await hostile(lite, MARKUP)
    for path in PAGES:
        params = {"lang": lang} if lang else {}
        address = path.format(paper=paper)
        url = lite.client.base_url.join(f"/digest{address}").copy_merge_params(params)
        answer = await lite.client.get(url)
        page = answer.text
        assert answer.status_code == 200
        assert "&lt;script&gt;" in page, path
        assert "<script" not in page, path
        assert "<img" not in page, path
        assert "javascript:" not in page, path
        assert "data:text" not in page, path
        assert '"onmouseover' not in page, path
        assert "set-cookie" not in answer.headers
        assert not {"\u202e", "\u2066", "\r"} & set(page), path


async def test_a_megabyte_of_title_is_shortened_on_every_page(lite: Site) -> None:
    endless = "$x^{" * 50_000 + "endless " * 100_000
    lite.world.clock.set(MONDAY + hours(9))
    title = f"Experts, a mixture of experts: {endless}"
    [paper] = await lite.world.list_papers(title, votes=900, abstract=endless, keywords=(endless,))
    for path in PAGES:
        if "alert" in path:
            continue
        answer = await lite.client.get(f"/digest{path.format(paper=paper)}")
        assert answer.status_code == 200
        assert len(answer.content) < LARGEST, path


async def test_a_paper_of_thousands_of_authors_names_some_and_counts_the_rest(lite: Site) -> None:
    lite.world.clock.set(MONDAY + hours(9))
    authors = tuple(f"Member {number} of the collaboration" for number in range(5_200))
    [paper] = await lite.world.list_papers("Big science", authors=authors)
    page = (await lite.client.get(f"/digest/paper/{paper}")).text
    assert "5,180 more authors" in page
    assert len(page) < LARGEST
