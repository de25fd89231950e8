"""The operator's work on readers: adding, finding, changing, pausing, unsubscribing."""

from datetime import date
from typing import Any

import pytest

from digest.domain.subscribers import SubscriberState
from tests.web.api.conftest import ROOT, Api
from tests.web.site import ADDRESS
from tests.world import MONDAY, hours


async def add(api: Api, address: str, **chosen: Any) -> dict[str, Any]:
    """Add a reader; return what the API tells of them."""
    answer = await api.operator.post("/subscribers", json={"address": address} | chosen)
    assert answer.status_code == 201, answer.text
    added: dict[str, Any] = answer.json()
    assert answer.headers["location"].endswith(f"{ROOT}/subscribers/{added['id']}")
    return added


async def test_a_reader_is_added_with_all_they_chose(api: Api) -> None:
    added = await add(
        api,
        "Emmy@Example.org",
        topics=["mixture-of-experts"],
        queries=['"sparse attention" OR routing'],
        authors=["Ada Marlow"],
        categories=["cs.LG"],
        zone="Asia/Tokyo",
        hour=18,
        weekdays=["mon", "thu"],
        max=7,
        min=2,
        extract="full",
        lang="en",
    )
    held = await api.site.world.reader(added["id"])
    assert (held.state, held.preferences.zone, held.preferences.hour) == (
        SubscriberState.ACTIVE,
        "Asia/Tokyo",
        18,
    )
    assert held.preferences.weekdays == 0b0001001
    assert [topic["slug"] for topic in added["topics"]] == ["mixture-of-experts", None, None, None]
    assert (added["max"], added["min"], added["extract"]) == (7, 2, "full")
    assert added["weekdays"] == ["mon", "thu"]
    assert (await api.operator.get(f"/subscribers/{added['id']}")).json() == added


async def test_an_unconfirmed_reader_is_asked_by_mail(light: Api) -> None:
    added = await add(light, "new@example.org", confirmed=False)
    assert added["state"] == "pending"
    await light.site.world.send()
    assert "new@example.org" in [m.envelope_to for m in light.site.world.relay.messages]


async def test_a_taken_address_is_a_conflict_and_changes_nothing(api: Api) -> None:
    before = await api.site.rows()
    answer = await api.operator.post("/subscribers", json={"address": ADDRESS.upper(), "hour": 3})
    assert answer.status_code == 409
    assert "already" in answer.json()["detail"]
    assert await api.site.rows() == before


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"address": "nonsense"}, "not an e-mail address"),
        ({"address": "a\0@example.org"}, "not an e-mail address"),
        ({"zone": "Mars/Base"}, "IANA"),
        ({"topics": ["no-such-topic"]}, "no topic 'no-such-topic'"),
        ({"queries": ["(sparse OR"]}, "needs something on its right"),
        ({"min": 9, "max": 3}, "minimum"),
        ({"lang": "xx"}, "languages"),
        ({"hour": 24}, "less than or equal to 23"),
        ({"hour": "8"}, "valid integer"),
        ({"weekdays": []}, "at least 1 item"),
        ({"weekdays": ["someday"]}, "'mon'"),
        ({"extract": "long"}, "'short' or 'full'"),
        ({"queries": [" \0 "]}, "must not be empty"),
        ({"topics": ["x"] * 41}, "at most 40 items"),
        ({"colour": "red"}, "Extra inputs"),
        ({"address": None}, "valid string"),
        ({"confirmed": "no"}, "valid boolean"),
    ],
)
async def test_what_cannot_be_is_told_and_changes_nothing(
    light: Api, wrong: dict[str, Any], words: str
) -> None:
    before = await light.site.rows()
    answer = await light.operator.post("/subscribers", json={"address": "n@example.org"} | wrong)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert words in answer.text
    assert await light.site.rows() == before


async def test_readers_come_in_pages_by_id_and_can_be_filtered(api: Api) -> None:
    for number in range(4):
        await add(api, f"r{number}@example.org", confirmed=number % 2 == 0)
    seen, address = [], f"{ROOT}/subscribers?limit=2"
    while address:
        answer = await api.operator.get(str(api.site.client.base_url) + address)
        seen += [reader["address"] for reader in answer.json()["items"]]
        link = answer.headers.get("link", "")
        assert ('rel="next"' in link) == (answer.json()["next"] is not None)
        address = link.partition(">")[0].removeprefix("<https://papers.example")
    assert seen == [ADDRESS, *(f"r{number}@example.org" for number in range(4))]

    async def found(**query: Any) -> list[str]:
        answer = await api.operator.get("/subscribers", params=query)
        assert answer.status_code == 200, answer.text
        return [reader["address"] for reader in answer.json()["items"]]

    assert await found(state="pending") == ["r1@example.org", "r3@example.org"]
    assert await found(address="R2@example.org") == ["r2@example.org"]
    assert await found(address="r2@example.org", state="pending") == []
    assert await found(address="\0") == []
    assert (await api.operator.get("/subscribers?state=asleep")).status_code == 422


async def test_a_change_touches_what_it_names_alone(api: Api) -> None:
    path = f"/subscribers/{api.site.reader_id}"
    before = (await api.operator.get(path)).json()
    answer = await api.operator.patch(path, json={"hour": 9, "weekdays": ["sat"]})
    assert answer.status_code == 200
    assert answer.json() == before | {"hour": 9, "weekdays": ["sat"]}
    answer = await api.operator.patch(path, json={"authors": ["Ada Marlow"], "hour": None})
    assert [topic["name"] for topic in answer.json()["topics"]] == ["Ada Marlow"]
    assert answer.json()["hour"] == 9
    answer = await api.operator.patch(path, json={"topics": []})
    assert answer.json()["topics"] == []
    rows = await api.site.rows()
    assert (await api.operator.patch(path, json={})).status_code == 200
    assert await api.site.rows() == rows


async def test_a_reader_is_paused_and_resumed(api: Api) -> None:
    path = f"/subscribers/{api.site.reader_id}"
    paused = await api.operator.patch(
        path, json={"state": "paused", "paused_until": "2026-05-20", "max": 5}
    )
    assert (paused.json()["state"], paused.json()["paused_until"]) == ("paused", "2026-05-20")
    assert paused.json()["max"] == 5
    assert (await api.site.reader()).paused_until == date(2026, 5, 20)
    resumed = await api.operator.patch(path, json={"state": "active"})
    assert (resumed.json()["state"], resumed.json()["paused_until"]) == ("active", None)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"state": "paused", "max": 5}, 422),
        ({"paused_until": "2026-05-20", "max": 5}, 422),
        ({"state": "paused", "paused_until": "2026-05-04", "max": 5}, 422),
        ({"state": "paused", "paused_until": "2999-01-01", "max": 5}, 422),
        ({"state": "suppressed", "max": 5}, 422),
        ({"state": "paused", "paused_until": "2026-05-20", "zone": "Mars/Base"}, 422),
    ],
)
async def test_a_refused_change_changes_nothing(
    light: Api, asked: dict[str, Any], status: int
) -> None:
    before = await light.site.rows()
    answer = await light.operator.patch(f"/subscribers/{light.site.reader_id}", json=asked)
    assert answer.status_code == status
    assert await light.site.rows() == before


async def test_who_left_is_neither_paused_nor_resumed(light: Api) -> None:
    path = f"/subscribers/{light.site.reader_id}"
    assert (await light.operator.delete(path)).status_code == 204
    for asked in ({"state": "active"}, {"state": "paused", "paused_until": "2026-05-20"}):
        answer = await light.operator.patch(path, json=asked)
        assert answer.status_code == 409
        assert "unsubscribed" in answer.json()["detail"]
    assert (await light.site.reader()).state is SubscriberState.UNSUBSCRIBED


async def test_unsubscribing_is_idempotent_and_cancels_what_is_open(api: Api) -> None:
    await api.site.world.plan_at(MONDAY + hours(20))
    await api.site.world.list_papers("More experts")
    await api.site.world.plan_at(MONDAY + hours(32))
    path = f"/subscribers/{api.site.reader_id}"
    for _ in range(2):
        answer = await api.operator.delete(path)
        assert (answer.status_code, answer.content) == (204, b"")
    assert (await api.operator.get(path)).json()["reason"] == "unsubscribed by the operator"
    assert await api.site.states() == ["sent", "cancelled"]


async def test_erasing_leaves_nobody_to_find(api: Api) -> None:
    path = f"/subscribers/{api.site.reader_id}"
    answer = await api.operator.delete(path, params={"erase": "true"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await api.operator.get(path)).status_code == 404
    assert (await api.operator.delete(path, params={"erase": "true"})).status_code == 404
    listed = (await api.operator.get("/subscribers")).json()["items"]
    assert api.site.reader_id not in [item["id"] for item in listed]
    assert (await api.site.reader()).state is SubscriberState.ERASED
    assert ADDRESS not in repr(await api.site.rows())


async def test_deliveries_tell_what_became_of_each_digest(api: Api) -> None:
    await api.site.world.at(MONDAY + hours(32))
    path = f"/subscribers/{api.site.reader_id}/deliveries"
    empty, sent = (await api.operator.get(path)).json()["items"]
    assert (sent["date"], sent["state"], sent["papers"]) == ("2026-05-04", "sent", 2)
    assert sent["sent_at"] == "2026-05-04T08:00:00Z"
    assert "250" in sent["reply"]
    assert (empty["date"], empty["state"]) == ("2026-05-05", "empty")
    assert empty["reason"]


@pytest.mark.parametrize("reader", ["987654", "2147483647"])
async def test_nobody_is_a_404_everywhere(light: Api, reader: str) -> None:
    for method, path in (
        ("GET", f"/subscribers/{reader}"),
        ("PATCH", f"/subscribers/{reader}"),
        ("DELETE", f"/subscribers/{reader}"),
        ("GET", f"/subscribers/{reader}/deliveries"),
    ):
        body = {"json": {"hour": 8}} if method == "PATCH" else {}
        answer = await light.operator.request(method, path, **body)  # type: ignore[arg-type]
        assert answer.status_code == 404, (method, path)
        assert answer.json()["title"] == "Not Found"


@pytest.mark.parametrize("reader", ["0", "-1", "2147483648", "99999999999999999999", "x", "1.5"])
async def test_what_is_no_id_is_refused(light: Api, reader: str) -> None:
    assert (await light.operator.get(f"/subscribers/{reader}")).status_code == 422
