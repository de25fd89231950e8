"""Errors of the API: problems throughout, strangers kept out, nothing of the inside told."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from digest.web.app import create_app
from digest.web.serving import serve
from tests.clients import plain_client
from tests.web.api.conftest import OTHER_TOKEN, TOKEN, Api, open_api

GUARDED = (
    ("GET", "/subscribers"),
    ("POST", "/subscribers"),
    ("GET", "/subscribers/1"),
    ("PATCH", "/subscribers/1"),
    ("DELETE", "/subscribers/1"),
    ("GET", "/subscribers/1/deliveries"),
    ("PUT", "/topics/mine"),
    ("DELETE", "/topics/mixture-of-experts"),
    ("POST", "/topics/test"),
)
JSON = {"content-type": "application/json"}


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """Return the problem of an answer, which must be one of that status."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert told["status"] == status
    assert told["title"]
    assert told["detail"]
    assert told["type"] == "about:blank"
    return told


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        f"Basic {TOKEN}",
        TOKEN,
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN.upper()}",
        f"Bearer {TOKEN}, {OTHER_TOKEN}",
        "Bearer \xff\xfe",
    ],
)
async def test_strangers_are_kept_out_of_everything_and_change_nothing(
    light: Api, authorization: str | None
) -> None:
    before = await light.site.rows()
    headers = {} if authorization is None else {"authorization": authorization}
    sent = {k.encode(): v.encode("latin-1") for k, v in (JSON | headers).items()}
    for method, path in GUARDED:
        # whatever else is wrong with the request, its token is looked at first
        for body in (b"{", b'{"hour": 99}', b""):
            answer = await light.public.request(method, path, headers=sent, content=body)
            told = problem(answer, 401)
            assert answer.headers["www-authenticate"].startswith('Bearer realm="')
            assert TOKEN not in str(told)
    assert await light.site.rows() == before


@pytest.mark.parametrize(
    "authorization", [f"Bearer {TOKEN}", f"bearer {OTHER_TOKEN}", f"BEARER  {TOKEN}"]
)
async def test_each_token_lets_its_holder_in(light: Api, authorization: str) -> None:
    answer = await light.public.get("/subscribers", headers={"authorization": authorization})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in answer.headers


async def test_without_tokens_nobody_is_let_in(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_api(tmp_path, url, api={"tokens": []}) as api:
        for client in (api.public, api.operator):
            problem(await client.get("/subscribers"), 401)


async def test_no_token_is_written_down(
    light: Api, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = "a wrong token of somebody else's, in a log"
    await light.operator.get("/subscribers")
    await light.operator.put("/topics/mine", json={"name": "M", "group": "G", "query": "m"})
    await light.public.get("/subscribers", headers={"authorization": f"Bearer {wrong}"})
    said = capsys.readouterr()
    written = caplog.text + said.out + said.err
    assert "topic saved" in written
    assert TOKEN not in written
    assert wrong not in written


async def test_unknown_addresses_and_wrong_methods_are_problems(light: Api) -> None:
    for path in ("/nowhere", "/", "/papers/", "/subscribers/1/nothing", "/topics/a/b"):
        problem(await light.operator.get(path), 404)
    for method, path, allowed in (
        ("PUT", "/papers", "GET, HEAD"),
        ("PATCH", "/topics/mine", "DELETE, GET, HEAD, PUT"),
        ("PATCH", "/topics/test", "DELETE, GET, HEAD, POST, PUT"),
        ("GET", "/subscriptions", "POST"),
        ("PUT", "/subscribers/1", "DELETE, GET, PATCH"),
    ):
        answer = await light.operator.request(method, path)
        problem(answer, 405)
        assert answer.headers["allow"] == allowed


async def test_a_body_that_is_no_json_is_refused(light: Api) -> None:
    for body in (b"{", b"[1", b"null", b"[]", b'"x"', b"1e999", b"address=n@example.org"):
        problem(await light.public.post("/subscriptions", content=body, headers=JSON), 422)
    for body in (b"\xff\xfe\x00", b"[" * 60_000):
        answer = await light.public.post("/subscriptions", content=body, headers=JSON)
        assert answer.status_code in {400, 422}
        problem(answer, answer.status_code)
    form = {"content-type": "text/plain"}
    sent = b'{"address": "n@example.org"}'
    problem(await light.public.post("/subscriptions", content=sent, headers=form), 422)


async def test_faults_name_the_field_and_never_say_back_what_was_sent(light: Api) -> None:
    body = b'{"hour": 99, "weekdays": ["eve@example.org"]}'
    answer = await light.operator.patch("/subscribers/1", content=body, headers=JSON)
    told = problem(answer, 422)
    assert {(fault["where"], fault["field"]) for fault in told["errors"]} >= {
        ("body", "hour"),
        ("body", "weekdays.0"),
    }
    assert "eve@example.org" not in answer.text
    many = await light.operator.post("/subscribers", json={str(n): n for n in range(500)})
    assert len(problem(many, 422)["errors"]) == 20


async def test_a_lone_surrogate_is_refused(light: Api) -> None:
    for body in (
        b'{"address": "n@example.org", "queries": ["\\ud800 sparse"]}',
        b'{"address": "n@example.org", "colour\\ud800": 1}',
    ):
        for client, path in ((light.public, "/subscriptions"), (light.operator, "/subscribers")):
            problem(await client.post(path, content=body, headers=JSON), 422)


async def test_a_body_over_64_kib_is_a_problem_with_or_without_its_length(light: Api) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b'{"address": "'
        for _ in range(65):
            yield b"x" * 1024

    before = await light.site.rows()
    told = await light.public.post("/subscriptions", content=b"x" * 65_537, headers=JSON)
    untold = await light.public.post("/subscriptions", content=chunks(), headers=JSON)
    for answer in (told, untold):
        assert "64 KiB" in problem(answer, 413)["detail"]
    assert await light.site.rows() == before


async def test_a_failure_is_a_problem_without_innards(light: Api) -> None:
    path = light.site.world.app.database.path
    assert path is not None
    await light.site.world.app.database.close()
    for beside in path.parent.glob(f"{path.name}*"):
        beside.unlink()
    path.mkdir()
    base = str(light.public.base_url)
    async with plain_client() as client:
        answer = await client.get(f"{base}topics")
    problem(answer, 500)
    assert "sqlite" not in answer.text.casefold()
    assert answer.headers["x-content-type-options"] == "nosniff"
    path.rmdir()


async def test_the_api_answers_without_the_prefix_and_without_any(light: Api) -> None:
    assert (await light.site.client.get("/api/v1/papers/1")).status_code == 200
    assert (await light.site.client.get("/digest/api/v1/papers/1")).status_code == 200
    problem(await light.site.client.get("/api/v1/nowhere"), 404)
    context = light.site.world.app.context
    bare = context.settings.model_copy(update={"base_url": "http://papers.example"})
    async with (
        serve(create_app(replace(context, settings=bare))) as port,
        plain_client(f"http://127.0.0.1:{port}/api/v1") as client,
    ):
        document = (await client.get("/openapi.json")).json()
        assert document["servers"] == [{"url": "http://papers.example/api/v1"}]
        page = await client.get("/papers?per_page=1")
        assert (
            '<http://papers.example/api/v1/papers?per_page=1&page=2>; rel="next"'
            in (page.headers["link"])
        )


async def test_other_pages_keep_their_own_errors(light: Api) -> None:
    answer = await light.site.client.get("/digest/api/elsewhere")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
