"""Made-up requests by the API's own document: no failure of ours, and nothing it does not say."""

import asyncio
import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks as told

from tests.web.api.conftest import TOKEN, Api

CHECKS = [
    not_a_server_error,
    told.status_code_conformance,
    told.content_type_conformance,
    told.response_headers_conformance,
    told.response_schema_conformance,
    told.unsupported_method,
]
EXAMPLES = 8  # of each operation, with fitting and with unfit requests


def operations(document: dict[str, Any]) -> Iterator[Any]:
    """Give every operation of a document."""
    for found in schemathesis.openapi.from_dict(document).get_all_operations():
        assert isinstance(found, Ok), found
        yield found.ok()


def try_everything(document: dict[str, Any], url: str, headers: Mapping[str, str]) -> set[str]:
    """Send made-up requests to every operation; return the operations that were asked."""
    asked = set()
    for operation in operations(document):
        for mode in GenerationMode:

            @seed(20260504)
            @settings(
                max_examples=EXAMPLES,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def answers(case: schemathesis.Case[Any]) -> None:
                case.call_and_validate(base_url=url, headers=dict(headers), checks=CHECKS)
                asked.add(f"{case.method} {case.path}")

            # an operation without parameters has no unfit requests; it was asked all the same
            with contextlib.suppress(Unsatisfiable):
                answers()
    return asked


async def all_answers(api: Api, headers: Mapping[str, str]) -> None:
    """Hold the served API against its document, in a thread beside it."""
    document = (await api.public.get("/openapi.json")).json()
    url = str(api.public.base_url).rstrip("/")
    asked = await asyncio.to_thread(try_everything, document, url, headers)
    documented = {
        f"{method.upper()} {path}"
        for path, methods in document["paths"].items()
        for method in methods
    }
    assert asked == documented


async def test_strangers_get_nothing_that_the_document_does_not_say(light: Api) -> None:
    before = (await light.site.rows())["topic"]
    await all_answers(light, {})
    assert (await light.site.rows())["topic"] == before


async def test_the_operator_gets_nothing_that_the_document_does_not_say(api: Api) -> None:
    await all_answers(api, {"authorization": f"Bearer {TOKEN}"})
