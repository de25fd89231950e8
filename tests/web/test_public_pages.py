"""What the public pages say: the front page, days, topics, papers, search, notices."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update

from digest.catalogue import read_catalogue
from digest.store.schema import topic
from tests.web.site import Site, open_site
from tests.world import MONDAY, SOURCE, hours

WEEK = timedelta(days=7)
TITLE = re.compile(r'class="title"><a href="([^"]+)">(.*?)</a>')


def titles(page: str) -> list[str]:
    """Return the titles of a page's cards."""
    return [title for _, title in TITLE.findall(page)]


async def read(site: Site, path: str, status: int = 200) -> str:
    """Return a page whose status is checked."""
    answer = await site.client.get(f"/digest{path}")
    assert answer.status_code == status, answer.text
    return answer.text


async def test_the_front_page_says_what_this_is_and_begins_a_subscription(lite: Site) -> None:
    page = await read(lite, "/")
    assert "in your inbox once a day" in page
    form = re.search(r"<form[^>]*>.*?</form>", page, re.DOTALL)
    assert form is not None
    assert 'method="post" action="/digest/subscribe"' in form[0]
    assert '<input type="hidden" name="do" value="begin">' in form[0]
    assert 'type="email" name="address"' in form[0]
    assert 'href="/digest/papers/2026-05-04"' in page
    assert 'href="/digest/topics"' in page


async def test_who_may_not_subscribe_is_not_asked_to(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_site(tmp_path, url, subscribe={"mode": "closed"}) as site:
        assert "<form" not in await read(site, "/")


async def test_a_card_tells_trend_sources_and_links(lite: Site) -> None:
    lite.world.clock.set(MONDAY + hours(9))
    links = {"pdf_url": "https://a.example/1.pdf", "code_url": "https://code.example/1"}
    await lite.world.list_papers(
        "Brisk experts", votes=90, authors=("Ada Lovelace", "Emmy Noether"), **links
    )
    page = await read(lite, "/")
    card = page[page.index("Brisk experts") :]
    card = card[: card.index("</li>")]
    assert "Ada Lovelace and Emmy Noether" in card
    assert re.search(r"Trend \d\d", card)
    assert "90 upvotes" in card
    assert SOURCE in card
    assert "studied here at some length" in card
    for address in ("https://arxiv.org/abs/2605.10003", *links.values()):
        assert f'href="{address}"' in card
    assert re.search(r'href="/digest/paper/3">Brisk experts</a>', page)


async def test_a_list_of_many_papers_has_pages(lite: Site) -> None:
    lite.world.clock.set(MONDAY + hours(9))
    await lite.world.list_papers(*(f"Paper {number:02}" for number in range(43)), votes=50)
    first = await read(lite, "/")
    second = await read(lite, "/?page=2")
    third = await read(lite, "/?page=3")
    every = titles(first) + titles(second) + titles(third)
    assert [len(titles(page)) for page in (first, second, third)] == [20, 20, 5]
    assert len(set(every)) == 45
    assert 'rel="next" href="/digest/?page=2"' in first
    assert 'rel="prev" href="/digest/"' in second
    assert 'rel="next"' not in third
    assert '<ol class="papers" start="21">' in second
    for wrong in ("4", "0", "-1", "x", "9" * 30):
        assert "There is no such page" in await read(lite, f"/?page={wrong}", 404)


async def test_a_day_ranks_by_the_best_trend_since_however_long_ago(site: Site) -> None:
    await site.world.list_papers("Loud on Monday", votes=90)
    site.world.clock.set(MONDAY + timedelta(days=2))
    await site.world.list_papers("On Wednesday")
    site.world.clock.set(MONDAY + 50 * WEEK)
    page = await read(site, "/papers/2026-05-04")
    assert titles(page)[0] == "Loud on Monday"
    assert len(titles(page)) == 3
    assert re.search(r"Trend \d\d", page)
    assert "Monday, 4 May 2026" in page
    assert 'href="/digest/papers/2026-05-06"' in page
    assert titles(await read(site, "/papers/2026-05-06")) == ["On Wednesday"]


async def test_an_empty_day_says_so_and_leads_to_its_neighbours(lite: Site) -> None:
    lite.world.clock.set(MONDAY + timedelta(days=8))
    await lite.world.list_papers("A week later")
    page = await read(lite, "/papers/2026-05-09")
    assert "Nothing was listed on this day" in page
    assert titles(page) == []
    for day in ("2026-05-04", "2026-05-12"):
        assert f'href="/digest/papers/{day}"' in page
    lite.world.clock.set(MONDAY + timedelta(days=9))
    assert "Nothing has been listed today so far" in await read(lite, "/papers/2026-05-13")


async def test_days_that_cannot_be_are_not_found(lite: Site) -> None:
    for day in ("2026-02-30", "20260504", "2026-W19-1", "yesterday", "2026-5-4", "٢٠٢٦-٠٥-٠٤"):
        assert "There is no such day" in await read(lite, f"/papers/{day}", 404)
    assert "still to come" in await read(lite, "/papers/2026-05-05", 404)
    first = await read(lite, "/papers/1999-12-31", 404)
    assert "Nothing was listed yet on that day" in first
    assert 'href="/digest/papers/2026-05-04"' in first


async def test_topics_stand_by_group_with_how_much_they_bring(lite: Site) -> None:
    page = await read(lite, "/topics")
    for group in {one.group for one in read_catalogue()}:
        assert f"<h2>{group}</h2>" in page
    about = r'/topics/mixture-of-experts">Mixture of experts</a> <span class="count">([^<]+)<'
    assert re.findall(about, page) == ["about 1 paper a day"]


async def test_a_topic_lists_what_matches_best_first(lite: Site) -> None:
    lite.world.clock.set(MONDAY + hours(9))
    await lite.world.list_papers("A mixture of experts", votes=20)
    await lite.world.list_papers("Louder mixture of experts", votes=80)
    page = await read(lite, "/topics/mixture-of-experts")
    assert titles(page) == ["Louder mixture of experts", "A mixture of experts", "Sparse experts"]
    assert "about 3 papers a day" in page
    assert 'href="/digest/subscribe?topic=mixture-of-experts"' in page
    assert "There is no such topic" in await read(lite, "/topics/no-such", 404)


async def test_a_topic_that_the_operator_took_out_is_gone(lite: Site) -> None:
    async with lite.world.app.database.write() as connection:
        gone = update(topic).where(topic.c.slug == "mixture-of-experts").values(current=False)
        await connection.execute(gone)
    await read(lite, "/topics/mixture-of-experts", 404)


async def test_search_finds_papers_on_both_databases(site: Site) -> None:
    assert titles(await read(site, "/search?q=merging+experts")) == [
        "Merging experts of 10<sup>6</sup> kinds"
    ]
    assert len(titles(await read(site, "/search?q=experts"))) == 2
    assert titles(await read(site, '/search?q="sparse experts"')) == ["Sparse experts"]
    assert "No paper has all of that" in await read(site, "/search?q=frogs")


async def test_a_search_without_words_shows_the_form_and_one_that_is_too_long_says_so(
    lite: Site,
) -> None:
    assert 'name="q" value=""' in await read(lite, "/search")
    assert "There is nothing in that to look for" in await read(lite, "/search?q=-only")
    page = await read(lite, f"/search?q={'x' * 5_000}")
    assert "write at most 200 characters" in page
    assert 'value="' + "x" * 200 in page


async def test_what_was_searched_stays_text(lite: Site) -> None:
    page = (
        await lite.client.get(
            "/digest/search", params={"q": '"><script>alert(1)\u202e\r\n</script>'}
        )
    ).text
    assert "<script" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;alert(1)" in page


async def test_a_paper_has_a_page_with_all_that_is_known(site: Site) -> None:
    authors = tuple(f"Author {number:02}" for number in range(33))
    site.world.clock.set(MONDAY + hours(9))
    told: dict[str, Any] = {
        "entry_id": "7",
        "arxiv_id": "2605.77",
        "authors": authors,
        "keywords": ("routing",),
    }
    [paper] = await site.world.list_papers(
        "A mixture of experts with $\\alpha^2$", votes=10, categories=("cs.LG",), **told
    )
    site.world.clock.set(MONDAY + hours(15))
    await site.world.list_papers("A mixture of experts with $\\alpha^2$", votes=80, **told)
    await site.world.list_papers(
        "A mixture of experts", source="arXiv", readings=(), url="javascript:alert(1)", **told
    )
    page = await read(site, f"/paper/{paper}")
    assert "<math" in page
    assert r"\alpha^2" in page  # the TeX stays as an annotation
    assert "13 more authors" in page
    assert page.index("Author 19") < page.index("<details>") < page.index("Author 32")
    for words in ("cs.LG", "routing", "2605.77", SOURCE, "arXiv", "since 4 May 2026"):
        assert words in page
    assert 'href="/digest/topics/mixture-of-experts"' in page
    assert 'href="/digest/papers/2026-05-04"' in page
    assert 'role="img"' in page
    assert re.search(r"<th scope=\"row\">4 May 2026</th><td>\d+</td><td>80</td>", page)
    assert "javascript:" not in page
    assert " style=" not in page


async def test_the_address_of_a_merged_paper_leads_to_the_paper_it_is_now(site: Site) -> None:
    lone: dict[str, Any] = {
        "entry_id": "a",
        "arxiv_id": None,
        "doi": "10.1000/xyz",
        "abstract": "Ferns.",
    }
    [kept] = await site.world.list_papers("On ferns", **lone)
    [other] = await site.world.list_papers("Of mosses", entry_id="b", abstract="Mosses.")
    both: dict[str, Any] = {"doi": "10.1000/xyz", "arxiv_id": f"2605.{10000 + site.world.listed}"}
    await site.world.list_papers("On ferns", entry_id="c", **both)
    answer = await site.client.get(f"/digest/paper/{other}?lang=en")
    assert (answer.status_code, answer.headers["location"]) == (
        301,
        f"/digest/paper/{kept}?lang=en",
    )
    page = await read(site, f"/paper/{kept}")
    assert "Also listed as" in page
    assert "Of mosses" in page


async def test_papers_that_there_are_not_are_not_found(site: Site) -> None:
    for paper in ("0", "-1", "999999", "x", "99999999999999999999", "2147483648", "١"):
        assert "There is no such paper" in await read(site, f"/paper/{paper}", 404)
    answer = await site.client.get("/digest/paper/001")
    assert (answer.status_code, answer.headers["location"]) == (301, "/digest/paper/1")


async def test_without_words_of_the_operator_privacy_is_told_and_no_imprint(lite: Site) -> None:
    page = await read(lite, "/privacy")
    assert "What is kept of a subscriber" in page
    assert "digest@papers.example" in page
    await read(lite, "/imprint", 404)


async def test_imprint_and_privacy_are_the_operator_s(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    notices = {"imprint": "Ada <Lovelace>\nLondon\n\nTel. 1", "privacy": "https://law.example/p"}
    async with open_site(tmp_path, url, site=notices) as site:
        page = await read(site, "/imprint")
        assert "<p>Ada &lt;Lovelace&gt;<br>London</p>" in page
        assert "<p>Tel. 1</p>" in page
        moved = await site.client.get("/digest/privacy")
        assert (moved.status_code, moved.headers["location"]) == (302, "https://law.example/p")
        assert 'href="https://law.example/p"' in page


async def test_crawlers_are_kept_from_readers_own_pages_and_told_what_a_page_is(
    lite: Site,
) -> None:
    robots = (await lite.client.get("/robots.txt")).text
    for path in ("confirm/", "preferences", "unsubscribe/", "mail/", "feeds/", "feedback/"):
        assert f"Disallow: /digest/{path}\n" in robots
    page = await read(lite, "/search?q=experts&page=1&junk=2")
    canonical = '<link rel="canonical" href="https://papers.example/digest/search?q=experts">'
    assert canonical in page
    for path in ("/", "/topics", "/paper/1", "/papers/2026-05-04", "/privacy"):
        page = await read(lite, path)
        assert "noindex" not in page
        assert re.search(r'<meta name="description" content="[^"]{10,}">', page)
        assert f'href="https://papers.example/digest{path}"' in page
    assert "noindex" in await read(lite, f"/preferences/{lite.token}")
