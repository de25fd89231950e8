"""Programs at the form: stamps, limits and proofs of work keep them out, and people are told."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from digest.domain.tokens import Claims, Purpose, make_token
from digest.services.proof_of_work import new_challenge
from digest.web.app import create_app
from digest.web.serving import serve
from tests.clients import plain_client
from tests.services.sign_ups import reader_of
from tests.services.test_proof_of_work import solve
from tests.web.signing_up import EVE, FIELDS, PATH, SENT, sign_up, stamp_in, stamp_of, wait
from tests.web.site import Site, open_site


@pytest.fixture
async def proving(tmp_path: Path) -> AsyncIterator[Site]:
    """Give a site that asks for a proof of work."""
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_site(tmp_path, url, subscribe={"proof_of_work": True}) as site:
        yield site


async def test_a_form_sent_faster_than_a_hand_types_is_shown_again_and_then_works(
    lite: Site,
) -> None:
    answer = await sign_up(lite, after=1)
    assert answer.status_code == 422
    assert "faster than anybody types" in answer.text
    assert f'name="address" value="{EVE}"' in answer.text
    assert await reader_of(lite.world) is None
    wait(lite, 1)  # the stamp has grown old enough, though the form came back just now
    stamp = stamp_in(answer.text)
    again = await lite.post(PATH, **FIELDS | {"address": EVE, "stamp": stamp})
    assert SENT in again.text


async def test_a_form_without_a_stamp_or_with_an_old_one_is_shown_again(lite: Site) -> None:
    context = lite.world.app.context
    claims = Claims(Purpose.MAIL, 1, 1, 0, lite.world.now)
    other = make_token(context.token_keys[0], claims)
    old = await stamp_of(lite)
    wait(lite, 24 * 3600 + 1)
    for stamp in ("", "x" * 52, other, old):
        answer = await lite.post(PATH, **FIELDS | {"address": EVE, "stamp": stamp})
        assert (answer.status_code, "open for too long" in answer.text) == (422, True)
        fresh = stamp_in(answer.text)
        assert fresh != stamp
    wait(lite, 3)
    done = await lite.post(PATH, **FIELDS | {"address": EVE, "stamp": fresh})
    assert SENT in done.text


async def test_a_network_over_its_limit_is_told_when_to_come_back(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_site(tmp_path, url, subscribe={"per_network_hour": 2}) as site:
        for name in ("a", "b"):
            assert (await sign_up(site, f"{name}@example.org")).status_code == 200
        answer = await sign_up(site, "c@example.org", queries="kept")
        assert answer.status_code == 429
        assert 1700 < int(answer.headers["retry-after"]) <= 1800
        assert "It works again in 30 minutes." in answer.text
        assert ">kept</textarea>" in answer.text
        wait(site, int(answer.headers["retry-after"]))
        assert (await sign_up(site, "c@example.org")).status_code == 200


async def test_the_client_a_proxy_names_counts_from_a_trusted_proxy_alone(lite: Site) -> None:
    context = lite.world.app.context

    async def hammer(proxies: tuple[str, ...]) -> list[int]:
        async with (
            serve(create_app(context), trusted_proxies=proxies) as port,
            plain_client(f"http://127.0.0.1:{port}") as client,
        ):
            statuses = []
            for number in range(22):
                told = {"x-forwarded-for": f"198.51.{number}.1"}
                fields = FIELDS | {
                    "address": f"p{len(proxies)}{number}@example.org",
                    "stamp": stamp,
                }
                answer = await client.post(PATH, data=fields, headers=told)
                statuses.append(answer.status_code)
            return statuses

    stamp = await stamp_of(lite)
    wait(lite, 3)
    assert await hammer(()) == [200] * 20 + [429] * 2
    assert await hammer(("127.0.0.0/8",)) == [200] * 22


async def test_a_sign_up_without_a_proof_of_work_or_with_a_spent_one_is_refused(
    proving: Site,
) -> None:
    challenge = await proving.client.get(f"{PATH}/challenge")
    assert challenge.headers["cache-control"] == "no-store"
    proof = solve(challenge.json())
    assert (await sign_up(proving)).status_code == 422
    assert SENT in (await sign_up(proving, altcha=proof)).text
    replayed = await sign_up(proving, "other@example.org", altcha=proof)
    assert (replayed.status_code, "used before" in replayed.text) == (422, True)
    wait(proving, 1500)
    late = solve(new_challenge(proving.world.app.context))
    wait(proving, 1500)
    assert "too old" in (await sign_up(proving, "other@example.org", altcha=late)).text
    assert await reader_of(proving.world, "other@example.org") is None


async def test_without_javascript_a_page_that_needs_it_names_the_operator(proving: Site) -> None:
    page = (await proving.client.get(PATH)).text
    aside = re.findall(r"<noscript>(.*?)</noscript>", page, re.DOTALL)[0]
    assert '<a href="mailto:digest@papers.example">digest@papers.example</a>' in aside
    assert "JavaScript" in aside


async def test_there_is_no_challenge_where_none_is_asked_for(lite: Site) -> None:
    assert (await lite.client.get(f"{PATH}/challenge")).status_code == 404
    assert "altcha" not in (await lite.client.get(PATH)).text
