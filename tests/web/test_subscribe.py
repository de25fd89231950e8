"""The page where somebody subscribes: the same answer for all, and bots kept out."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from digest.catalogue import read_catalogue
from digest.domain.subscribers import SubscriberState
from digest.domain.tokens import Claims, Purpose, make_token
from tests.services.sign_ups import STATES, mails, put, reader_of
from tests.web.signing_up import EVE, FIELDS, PATH, SENT, sign_up, wait
from tests.web.site import Site, open_site

SLUG = read_catalogue()[0].slug


async def test_a_sign_up_is_written_down_with_all_that_was_chosen(site: Site) -> None:
    answer = await sign_up(
        site,
        topic=[SLUG],
        queries='"mixture of experts" OR MoE\n\nsparse',
        authors="Ada Lovelace",
        categories="cs.LG",
        cadence="weekly",
        weekly="thu",
        max="7",
        extract="full",
    )
    assert (answer.status_code, SENT in answer.text) == (200, True)
    reader = await reader_of(site.world)
    assert reader is not None
    chosen = reader.preferences
    assert [item.name for item in chosen.topics][1:] == [
        '"mixture of experts" OR MoE',
        "sparse",
        "Ada Lovelace",
        "cs.LG",
    ]
    assert (chosen.topics[0].slug, chosen.zone, chosen.hour) == (SLUG, "Europe/Berlin", 7)
    assert (chosen.weekdays, chosen.max_papers, chosen.extract) == (0b0001000, 7, "full")


async def test_the_answer_is_the_same_whatever_the_address_is_to_us(site: Site) -> None:
    for state in STATES:
        await put(site.world, state, f"{state}@example.org")
    wait(site, 24 * 3600)
    twice = (*STATES, *STATES)  # and again on the same day
    answers = [await sign_up(site, f"{state}@example.org") for state in twice]
    answers.append(await sign_up(site, website="https://spam.example"))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    headers = [{k: v for k, v in a.headers.items() if k != "date"} for a in answers]
    assert all(one == headers[0] for one in headers)
    assert await reader_of(site.world) is None  # what filled in the hidden field did nothing


async def test_the_page_offers_topics_with_their_pace_and_those_of_the_link_chosen(
    lite: Site,
) -> None:
    other = read_catalogue()[5].slug
    page = (await lite.client.get(PATH, params={"topic": [SLUG, other, "no-such"]})).text
    assert re.findall(r'name="topic" value="([^"]+)" checked', page) == [SLUG, other]
    assert len(re.findall(r'name="topic"', page)) == len(read_catalogue())
    moe = page.split('value="mixture-of-experts"')[1]
    assert "about 1 paper a day" in moe.split("</label>")[0]


async def test_the_box_of_another_page_opens_the_form_with_the_address(lite: Site) -> None:
    before = await lite.rows()
    for fields in ({"do": "begin", "address": EVE}, {"address": EVE}):
        page = await lite.client.post(PATH, data=fields)
        assert page.status_code == 200
        assert f'name="address" value="{EVE}"' in page.text
        assert 'data-zone="guess"' in page.text
    assert await lite.rows() == before


async def test_what_would_match_is_shown_in_the_form_without_losing_a_word(lite: Site) -> None:
    before = await lite.rows()
    page = await lite.post(
        PATH,
        **FIELDS
        | {
            "do": "match",
            "address": EVE,
            "stamp": "",
            "topic": [SLUG],
            "queries": "experts\n(sparse OR",
            "authors": "Nobody Known",
            "hour": "21",
        },
    )
    assert page.status_code == 200
    assert "2 in the last 14 days" in page.text
    assert re.findall(r'<a href="/digest/paper/\d+"><bdi>([^<]+)<', page.text) == [
        "Merging experts of 10⁶ kinds",
        "Sparse experts",
    ]
    assert re.findall(r'<pre class="caret"[^>]*>([^<]+)<', page.text) == ["(sparse OR\n          ^"]
    assert "none in the last 14 days" in page.text.split("Nobody Known</bdi>")[1]
    assert f'name="address" value="{EVE}"' in page.text
    assert '<option value="21" selected>' in page.text
    assert re.findall(r'name="topic" value="([^"]+)" checked', page.text) == [SLUG]
    assert await lite.rows() == before


async def test_matches_alone_are_a_fragment_of_that_page(lite: Site) -> None:
    answer = await lite.client.post(
        f"{PATH}/match", data={"queries": "<b>&\nexperts", "categories": "cs.LG"}
    )
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert "&lt;b&gt;&amp;" in answer.text
    assert answer.text.count('class="match"') == 3
    empty = await lite.client.post(f"{PATH}/match")
    assert "Write a query, an author or a category" in empty.text


async def test_a_mistake_is_told_and_everything_typed_is_kept(lite: Site) -> None:
    before = await lite.rows()
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        ({"address": "eve"}, "This is not an e-mail address."),
        ({"queries": "(sparse OR"}, "needs something on its right"),
        ({"hour": "25"}, "the hour is 0 to 23"),
        ({"zone": "Mars/Base"}, "no IANA time zone"),
        ({"topic": ["no-such"]}, "there is no topic"),
        ({"cadence": "days"}, "choose at least one weekday"),
        ({"queries": "x " * 5000}, "too long"),
    )
    for changed, words in cases:
        answer = await sign_up(lite, **{"authors": "Ada Lovelace", **changed})
        assert answer.status_code == 422, changed
        assert words in answer.text, changed
        assert ">Ada Lovelace</textarea>" in answer.text
    held = {name: rows for name, rows in before.items() if name != "bucket"}
    assert {name: rows for name, rows in (await lite.rows()).items() if name in held} == held


async def test_hostile_text_comes_back_as_text(lite: Site) -> None:
    bad = '"></textarea><script>alert(1)</script>'
    for do in ("subscribe", "match", "begin"):
        answer = await sign_up(lite, f"{bad}@example.org", queries=bad, zone=bad, hour=bad, do=do)
        assert "<script>alert" not in answer.text, do
        assert answer.text.count("</textarea>") == 3
    page = await lite.client.get(PATH, params={"topic": bad, "lang": bad})
    assert "<script>alert" not in page.text


@pytest.mark.parametrize(
    ("rules", "words", "form"),
    [
        ({"mode": "closed"}, "Subscribing is closed", False),
        ({"mode": "domains", "domains": ["uni.example", "lab.example"]}, "uni.example", True),
        ({"mode": "approval"}, "looks at every new reader", True),
    ],
)
async def test_each_mode_says_who_may_subscribe(
    tmp_path: Path, rules: dict[str, Any], words: str, form: bool
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_site(tmp_path, url, subscribe=rules) as site:
        page = await site.client.get(PATH)
        assert page.status_code == 200
        assert words in page.text
        assert ("<form" in page.text) == form
        claims = Claims(Purpose.FORM, 0, 0, 0, site.world.now)
        stamp = make_token(site.world.app.context.token_keys[0], claims)
        wait(site, 3)
        answer = await site.post(PATH, **FIELDS | {"address": EVE, "stamp": stamp})
        expected = {"closed": 403, "domains": 422, "approval": 200}[rules["mode"]]
        assert answer.status_code == expected
        assert words in answer.text
        assert (await mails(site.world) != []) == (expected == 200)


async def test_thirty_requests_of_a_scanner_change_nothing(site: Site) -> None:
    before = await site.rows()
    for _ in range(10):
        for method in ("GET", "HEAD", "OPTIONS"):
            answer = await site.client.request(method, PATH, params={"topic": SLUG})
            assert answer.status_code == (405 if method == "OPTIONS" else 200)
    assert await site.rows() == before


async def test_the_whole_way_from_the_form_to_the_first_digest(site: Site) -> None:
    site.world.clock.set(site.world.now + timedelta(days=1))
    await site.world.list_papers("Experts of Tuesday")
    await sign_up(site, hour="13", zone="UTC")
    await site.world.send()
    path = re.findall(r"/digest/confirm/[\w-]+", site.world.html_to(EVE)[-1])[0]
    await site.client.post(path)
    reader = await reader_of(site.world)
    assert reader is not None
    assert reader.state is SubscriberState.ACTIVE
    await site.world.at(site.world.now.replace(hour=13, minute=0, second=0))
    assert "Experts of Tuesday" in site.world.html_to(EVE)[-1]
