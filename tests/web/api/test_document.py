"""The OpenAPI document and docs/api.md: all that is there, and nothing that is not."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from tests.house.sources import ROOT as PROJECT
from tests.web.api.conftest import TOKEN, Api, open_api

PAGE = (PROJECT / "docs" / "api.md").read_text(encoding="utf-8")
BASE = "https://papers.example/digest/api/v1"
PROMISED = {
    ("GET", "/papers"),
    ("GET", "/papers/{paper_id}"),
    ("GET", "/topics"),
    ("GET", "/topics/{slug}"),
    ("PUT", "/topics/{slug}"),
    ("DELETE", "/topics/{slug}"),
    ("POST", "/topics/test"),
    ("POST", "/subscriptions"),
    ("GET", "/challenge"),
    ("GET", "/subscribers"),
    ("POST", "/subscribers"),
    ("GET", "/subscribers/{subscriber_id}"),
    ("PATCH", "/subscribers/{subscriber_id}"),
    ("DELETE", "/subscribers/{subscriber_id}"),
    ("GET", "/subscribers/{subscriber_id}/deliveries"),
}


async def document_of(api: Api) -> dict[str, Any]:
    """Return the served document."""
    found: dict[str, Any] = (await api.public.get("/openapi.json")).json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give (method, path, operation) of a document."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


async def test_the_document_says_whose_it_is_and_lists_every_route(light: Api) -> None:
    document = await document_of(light)
    assert document["openapi"].startswith("3.1")
    assert document["info"]["title"] == "Paper Digest API"
    assert document["servers"] == [{"url": BASE}]
    assert {(method, path) for method, path, _ in operations(document)} == PROMISED
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(set(ids)) == len(ids)


async def test_every_answer_is_described_and_every_error_is_a_problem(light: Api) -> None:
    document = await document_of(light)
    for method, path, operation in operations(document):
        assert operation["summary"], path
        assert operation["description"], path
        for status, answer in operation["responses"].items():
            assert answer["description"], (method, path, status)
            if status >= "400":
                [(media_type, told)] = answer["content"].items()
                assert media_type == "application/problem+json"
                assert told["schema"] == {"$ref": "#/components/schemas/Problem"}
        assert ("401" in operation["responses"]) == ("security" in operation), path
        assert ("413" in operation["responses"]) == ("requestBody" in operation), path


async def test_every_reference_of_the_document_leads_somewhere(light: Api) -> None:
    document = await document_of(light)
    named = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))
    assert named == set(document["components"]["schemas"])


@pytest.mark.parametrize(
    ("contact", "told"),
    [
        ("ops@papers.example", {"email": "ops@papers.example"}),
        ("mailto:ops@papers.example", {"email": "ops@papers.example"}),
        ("https://papers.example/help", {"url": "https://papers.example/help"}),
        ("the desk on the second floor", {}),
    ],
)
async def test_the_contact_is_the_operator_s(
    tmp_path_factory: pytest.TempPathFactory, contact: str, told: dict[str, str]
) -> None:
    folder = tmp_path_factory.mktemp("contact")
    url = f"sqlite+aiosqlite:///{folder}/digest.sqlite3"
    async with open_api(folder, url, http={"contact": contact}) as api:
        info = (await document_of(api))["info"]
    assert info["contact"] == {"name": "Paper Digest"} | told


@dataclass
class Curl:
    """What a curl command of the page asks for."""

    method: str = ""
    url: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    body: str = ""

    async def run(self, client: httpx.AsyncClient) -> httpx.Response:
        """Send it as curl does."""
        method = self.method or ("POST" if self.body else "GET")
        url = httpx.URL(self.url)
        return await client.request(
            method,
            url.path.removeprefix("/digest/api/v1"),
            params=dict(url.params) | self.query,
            headers=self.headers,
            content=self.body,
        )


def commands() -> list[str]:
    """Return the curl commands of the page, each on one line."""
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    return [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]


def read(command: str) -> Curl:
    """Return what a command asks for; only what the page uses is known."""
    words = shlex.split(command.replace("$TOKEN", TOKEN))
    assert words.pop(0) == "curl"
    found = Curl()
    while words:
        word = words.pop(0)
        match word:
            case "-X":
                found.method = words.pop(0)
            case "-H":
                name, _, value = words.pop(0).partition(": ")
                found.headers[name] = value
            case "-d":
                found.body = words.pop(0)
            case "--data-urlencode":
                name, _, value = words.pop(0).partition("=")
                found.query[name] = value
            case "-G" | "-L":
                pass
            case _:
                assert word.startswith(BASE), word
                found.url = word
    return found


async def test_every_command_of_the_page_works_as_it_stands(api: Api) -> None:
    asked = set()
    for command in commands():
        curl = read(command)
        answer = await curl.run(api.public)
        assert answer.status_code < 300, (command, answer.text)
        if answer.content:
            assert answer.headers["content-type"] == "application/json"
        path = curl.url.removeprefix(BASE).partition("?")[0]
        asked.add((answer.request.method, re.sub(r"/(1|[a-z]+-[a-z-]+)\b", "/{}", path)))
    promised = {(method, re.sub(r"\{\w+\}", "{}", path)) for method, path in PROMISED}
    assert asked == promised
