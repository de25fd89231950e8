"""Public reading: filters, pages, entity tags, merged papers, and scripts of other sites."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.services.subscriptions import find_reader
from digest.store import papers
from digest.web.api.answers import page_links
from tests.web.api.conftest import ROOT, Api
from tests.web.site import ADDRESS
from tests.world import MONDAY, hours


def links_of(header: str) -> dict[str, str]:
    """Return the links of a Link header by their relation."""
    pairs = [part.split("; rel=") for part in header.split(", ")]
    return {relation.strip('"'): address.strip("<>") for address, relation in pairs}


@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.dictionaries(st.text(min_size=1, max_size=9), st.text(max_size=9), max_size=3),
)
def test_links_of_a_page_are_ascii_and_never_lead_past_the_ends(
    page: int, last: int, asked: dict[str, str]
) -> None:
    header = page_links("https://papers.example/api/v1/papers", asked, page, last)
    assert header.isascii()
    assert header.isprintable()
    links = links_of(header)
    assert ("next" in links) == (page < last)
    assert ("prev" in links) == (1 < page <= last + 1)
    for relation, number in (("first", 1), ("last", last), ("next", page + 1), ("prev", page - 1)):
        if relation in links:
            query = parse_qs(urlsplit(links[relation]).query, keep_blank_values=True)
            assert query == {k: [v] for k, v in asked.items()} | {"page": [str(number)]}


async def titles(api: Api, **query: Any) -> list[str]:
    """Return the titles that a request for papers lists."""
    answer = await api.public.get("/papers", params=query)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["total"] >= len(body["items"])
    return [paper["title"] for paper in body["items"]]


async def test_papers_come_by_trend_and_are_narrowed_by_day_topic_and_query(api: Api) -> None:
    world = api.site.world
    world.clock.set(MONDAY + hours(30))
    await world.list_papers("Hot routing of graphs", votes=800)
    await world.list_papers("Graphs nobody reads", votes=0)
    assert await titles(api) == [
        "Hot routing of graphs",
        "Sparse experts",
        "Merging experts of $10^6$ kinds",
    ]
    assert await titles(api, q="graphs") == ["Hot routing of graphs", "Graphs nobody reads"]
    assert await titles(api, q="graphs -title:hot") == ["Graphs nobody reads"]
    assert await titles(api, date="2026-05-05", q="routing") == ["Hot routing of graphs"]
    assert set(await titles(api, date="2026-05-04")) == {
        "Sparse experts",
        "Merging experts of $10^6$ kinds",
    }
    assert await titles(api, topic="mixture-of-experts") == ["Sparse experts"]
    assert await titles(api, date="2026-05-05", topic="mixture-of-experts") == []
    assert await titles(api, q="  ") == await titles(api)


async def test_an_old_day_is_listed_that_left_the_fortnight(api: Api) -> None:
    api.site.world.clock.set(MONDAY + hours(24 * 40))
    assert await titles(api) == []
    assert len(await titles(api, date="2026-05-04")) == 2


async def test_what_matched_is_told_with_the_paper(light: Api) -> None:
    [paper] = (await light.public.get("/papers", params={"q": '"10 6" kinds'})).json()["items"]
    assert paper["why"] == ["10 6", "kinds"]
    assert paper["title"] == "Merging experts of $10^6$ kinds"
    assert paper["title_text"] == "Merging experts of 10⁶ kinds"
    assert paper["page"] == "https://papers.example/digest/paper/2"
    assert paper["listings"][0]["source"] == "Hugging Face"
    assert paper["first_seen_at"] == "2026-05-04T00:00:00Z"
    assert 0 < paper["trend"] <= 100
    assert "10 upvotes" in paper["trend_text"]


async def test_pages_lead_to_each_other(light: Api) -> None:
    await light.site.world.list_papers(*(f"Paper number {n} on pages" for n in range(5)))
    light.site.world.clock.set(light.site.world.now + hours(0.1))
    seen = []
    address = f"{ROOT}/papers?q=pages&per_page=2"
    while address:
        answer = await light.site.client.get(address)
        links = links_of(answer.headers["link"])
        seen += [paper["id"] for paper in answer.json()["items"]]
        assert links["first"].endswith("q=pages&per_page=2&page=1")
        assert links["last"].endswith("page=3")
        address = links.get("next", "").removeprefix("https://papers.example")
    assert len(seen) == len(set(seen)) == 5
    assert "next" not in links
    assert links["prev"].endswith("page=2")
    past = (await light.public.get("/papers?q=pages&per_page=2&page=9")).json()
    assert (past["items"], past["total"]) == ([], 5)


async def test_a_paper_has_its_readings_and_an_alias_leads_to_its_survivor(api: Api) -> None:
    world = api.site.world
    async with world.app.database.write() as connection:
        await papers.merge_papers(connection, 1, 2, world.now)
    moved = await api.public.get("/papers/2")
    assert moved.status_code == 308
    assert moved.headers["location"] == f"{ROOT}/papers/1"
    paper = (await api.site.client.get(moved.headers["location"])).json()
    assert paper["id"] == 1
    assert [reading["value"] for reading in paper["readings"]] == [10.0]
    assert (await api.public.get("/papers/3")).status_code == 404


async def test_topics_tell_what_they_bring(api: Api) -> None:
    listed = (await api.public.get("/topics")).json()
    assert listed["total"] == len(listed["items"]) > 50
    [shown] = [topic for topic in listed["items"] if topic["slug"] == "mixture-of-experts"]
    assert shown["origin"] == "catalogue"
    assert shown["papers_per_day"] == 1.0
    topic = (await api.public.get("/topics/mixture-of-experts")).json()
    assert topic["matched"] == 1
    assert len(topic["per_day"]) == 14
    assert topic["per_day"][-1] == {"date": "2026-05-04", "matched": 1}
    assert sum(day["matched"] for day in topic["per_day"]) == 1
    assert (await api.public.get("/topics/nothing")).status_code == 404


@pytest.mark.parametrize(
    "path", ["/papers", "/papers/1", "/topics", "/topics/reinforcement-learning", "/openapi.json"]
)
async def test_public_answers_are_kept_and_told_apart_by_their_tag(light: Api, path: str) -> None:
    answer = await light.public.get(path)
    assert answer.status_code == 200
    assert answer.headers["cache-control"].startswith("public, max-age=")
    tag = answer.headers["etag"]
    again = await light.public.get(path, headers={"if-none-match": f'W/{tag}, "other"'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    head = await light.public.head(path)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", tag)
    other = await light.public.get(path, headers={"if-none-match": '"other"'})
    assert other.status_code == 200


async def test_a_tag_changes_with_the_papers(light: Api) -> None:
    tag = (await light.public.get("/papers")).headers["etag"]
    await light.site.world.list_papers("A newcomer", votes=500)
    light.site.world.clock.set(light.site.world.now + hours(1))
    changed = await light.public.get("/papers", headers={"if-none-match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag


async def test_scripts_of_other_sites_may_read_what_is_public_and_nothing_else(light: Api) -> None:
    origin = {"origin": "https://elsewhere.example"}
    for path in ("/papers", "/papers/1", "/papers/999", "/topics", "/openapi.json"):
        answer = await light.public.get(path, headers=origin)
        assert answer.headers["access-control-allow-origin"] == "*", path
        asked = await light.public.options(path, headers=origin)
        assert asked.status_code == 204
        assert asked.headers["access-control-allow-methods"] == "GET, HEAD"
    before = await light.site.rows()
    for client in (light.public, light.operator):
        for method, path in (
            ("GET", "/subscribers"),
            ("POST", "/subscriptions"),
            ("OPTIONS", "/subscribers"),
            ("OPTIONS", "/subscriptions"),
            ("PUT", "/topics/mine"),
            ("POST", "/topics/test"),
        ):
            refused = await client.request(method, path, headers=origin)
            assert "access-control-allow-origin" not in refused.headers, (method, path)
    assert await light.site.rows() == before


async def test_reading_changes_nothing_and_names_nobody(light: Api) -> None:
    assert (await find_reader(light.site.world.app.context, ADDRESS)).address == ADDRESS
    before = await light.site.rows()
    for path in ("/papers", "/papers/1", "/topics", "/topics/reinforcement-learning"):
        assert ADDRESS not in (await light.public.get(path)).text
    assert await light.site.rows() == before


async def test_what_feeds_say_is_text_without_tricks(light: Api) -> None:
    light.site.world.clock.set(MONDAY + hours(20))
    await light.site.world.list_papers(
        "<script>alert(1)</script> \u202eevil\x00 \n lines",
        votes=900,
        url="javascript:alert(1)",
        pdf_url="data:text/html,x",
        authors=("Eve\u202e",),
    )
    light.site.world.clock.set(MONDAY + hours(21))
    answer = await light.public.get("/papers", params={"q": "evil"})
    assert answer.headers["x-content-type-options"] == "nosniff"
    [paper] = answer.json()["items"]
    assert paper["title"] == "<script>alert(1)</script> evil lines"
    assert paper["url"] == paper["page"]
    assert paper["pdf_url"] is None
    assert paper["authors"] == ["Eve"]
