"""The operator's work on topics: written, edited, retired, tried."""

from typing import Any

import pytest

from digest.services.audit import list_audit
from tests.web.api.conftest import Api

MINE = {"name": "Graphs", "group": "Our lab", "query": "graphs OR experts"}


async def test_a_topic_is_written_read_edited_and_retired(api: Api) -> None:
    written = await api.operator.put("/topics/our-graphs", json=MINE)
    assert written.status_code == 200
    assert written.json() == MINE | {
        "slug": "our-graphs",
        "description": "",
        "version": 1,
        "origin": "operator",
    }
    read = (await api.public.get("/topics/our-graphs")).json()
    assert (read["name"], read["matched"]) == ("Graphs", 2)
    assert (await api.operator.put("/topics/our-graphs", json=MINE)).json()["version"] == 1
    edited = await api.operator.put("/topics/our-graphs", json=MINE | {"query": "graphs"})
    assert edited.json()["version"] == 2
    assert (await api.public.get("/topics/our-graphs")).json()["matched"] == 0
    assert (await api.operator.delete("/topics/our-graphs")).status_code == 204
    assert (await api.public.get("/topics/our-graphs")).status_code == 404
    assert (await api.operator.delete("/topics/our-graphs")).status_code == 404
    lines = await list_audit(api.site.world.app.context, object_="topic/our-graphs")
    assert [(line.actor, line.action) for line in reversed(lines)] == [
        ("api", "topic.save"),
        ("api", "topic.save"),
        ("api", "topic.retire"),
    ]


async def test_readers_follow_an_edited_topic(api: Api) -> None:
    path = f"/subscribers/{api.site.reader_id}"
    await api.operator.patch(path, json={"topics": ["mixture-of-experts"]})
    await api.operator.put("/topics/mixture-of-experts", json=MINE | {"name": "Experts"})
    [followed] = (await api.operator.get(path)).json()["topics"]
    assert followed == {
        "name": "Experts",
        "query": "experts OR graphs",
        "slug": "mixture-of-experts",
    }


@pytest.mark.parametrize(
    ("slug", "wrong", "status", "words"),
    [
        ("UPPER", {}, 422, "small letters"),
        ("a--b", {}, 422, "small letters"),
        ("x" * 65, {}, 422, "small letters"),
        ("mine", {"query": "(a"}, 422, "parenthesis is not closed"),
        ("mine", {"name": ""}, 422, "at least 1 character"),
        ("mine", {"name": "x" * 61}, 422, "at most 60 characters"),
        ("mine", {"group": "\u202e"}, 422, "must not be empty"),
        ("mine", {"description": "x" * 301}, 422, "at most 300 characters"),
        ("mine", {"name": "Mixture of experts"}, 409, "taken by the topic mixture-of-experts"),
        ("mine", {"colour": "red"}, 422, "Extra inputs"),
    ],
)
async def test_what_cannot_be_a_topic_is_told_and_changes_nothing(
    light: Api, slug: str, wrong: dict[str, Any], status: int, words: str
) -> None:
    before = await light.site.rows()
    answer = await light.operator.put(f"/topics/{slug}", json=MINE | wrong)
    assert answer.status_code == status
    assert words in answer.text
    assert await light.site.rows() == before


async def test_a_bad_query_is_pointed_at(light: Api) -> None:
    for answer in (
        await light.public.get("/papers", params={"q": "sparse AND (moe"}),
        await light.operator.post("/topics/test", json={"query": "sparse AND (moe"}),
        await light.operator.put("/topics/mine", json=MINE | {"query": "sparse AND (moe"}),
    ):
        assert answer.status_code == 422
        problem = answer.json()
        assert problem["position"] == len("sparse AND (moe")
        query, caret = problem["pointer"].splitlines()
        assert query == "sparse AND (moe"
        assert caret.index("^") == problem["position"]


async def test_a_query_is_tried_against_the_last_days(api: Api) -> None:
    answer = await api.operator.post(
        "/topics/test", json={"query": "title:sparse", "days": 3, "limit": 1}
    )
    tried = answer.json()
    assert (tried["query"], tried["looked_at"], tried["matched"]) == ("title:sparse", 2, 1)
    assert [day["matched"] for day in tried["per_day"]] == [0, 0, 1]
    [paper] = tried["papers"]
    assert (paper["title"], paper["why"]) == ("Sparse experts", ["title:sparse"])
    none = await api.operator.post("/topics/test", json={"query": "experts", "limit": 0})
    assert (none.json()["matched"], none.json()["papers"]) == (2, [])


async def test_a_topic_may_be_called_test(light: Api) -> None:
    assert (await light.operator.put("/topics/test", json=MINE)).status_code == 200
    assert (await light.public.get("/topics/test")).json()["name"] == "Graphs"
