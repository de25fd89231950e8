"""Sign-ups by programs: one answer for every address, and the rules of the form."""

from pathlib import Path
from typing import Any

import pytest

from digest.domain.subscribers import SubscriberState
from digest.services.subscriptions import find_reader
from tests.web.api.conftest import Api, open_api
from tests.web.site import ADDRESS


async def test_a_sign_up_gets_a_mail_to_confirm_and_nothing_before(api: Api) -> None:
    answer = await api.public.post(
        "/subscriptions",
        json={
            "address": "new@example.org",
            "topics": ["mixture-of-experts"],
            "queries": ["routing"],
            "hour": 7,
        },
    )
    assert answer.status_code == 202
    assert "inbox" in answer.json()["message"]
    reader = await find_reader(api.site.world.app.context, "new@example.org")
    assert reader.state is SubscriberState.PENDING
    assert reader.preferences.hour == 7
    assert [item.slug for item in reader.preferences.topics] == ["mixture-of-experts", None]
    await api.site.world.send()
    assert api.site.world.relay.messages[-1].envelope_to == "new@example.org"


async def test_the_answer_is_the_same_for_every_address(api: Api) -> None:
    before = await api.site.reader()
    answers = []
    for address in ("new@example.org", "new@example.org", ADDRESS, ADDRESS.upper()):
        answer = await api.public.post("/subscriptions", json={"address": address, "hour": 3})
        answers.append((answer.status_code, answer.content, dict(answer.headers) | {"date": ""}))
    assert len({repr(answer) for answer in answers}) == 1
    assert (await api.site.reader()).preferences == before.preferences


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"address": "nonsense"}, "e-mail address"),
        ({"address": "a@b@c"}, "e-mail address"),
        ({"zone": "Mars/Base"}, "IANA"),
        ({"queries": ["(x"]}, "parenthesis"),
        ({"confirmed": True}, "Extra inputs"),
        ({"altcha": "x" * 4097}, "at most 4096"),
    ],
)
async def test_what_the_form_refuses_is_refused(
    light: Api, wrong: dict[str, Any], words: str
) -> None:
    before = await light.site.rows()
    answer = await light.public.post("/subscriptions", json={"address": "n@example.org"} | wrong)
    assert answer.status_code == 422
    assert words in answer.text
    assert await light.site.rows() == before


async def test_a_closed_installation_takes_no_sign_up(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_api(tmp_path, url, subscribe={"mode": "closed"}) as api:
        before = await api.site.rows()
        answer = await api.public.post("/subscriptions", json={"address": "n@example.org"})
        assert answer.status_code == 403
        assert await api.site.rows() == before


async def test_a_challenge_is_another_each_time(light: Api) -> None:
    first = (await light.public.get("/challenge")).json()
    second = (await light.public.get("/challenge")).json()
    assert first["parameters"]["nonce"] != second["parameters"]["nonce"]
    assert first["signature"]


async def test_proof_of_work_is_asked_for_where_it_is_switched_on(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_api(tmp_path, url, subscribe={"proof_of_work": True}) as api:
        before = await api.site.rows()
        for proof in ("", "nonsense", "e30="):
            answer = await api.public.post(
                "/subscriptions", json={"address": "n@example.org", "altcha": proof}
            )
            assert answer.status_code == 422
            assert "proof of work" in answer.json()["detail"]
        assert await api.site.rows() == before
