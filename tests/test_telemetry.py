"""Traces at a real collector over OTLP/HTTP; without an endpoint nothing of it is imported."""

import asyncio
import gzip
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from digest.bootstrap.telemetry import close_observer, observer_of
from digest.ports import Outcome, OutgoingMessage
from digest.services.collect import collect_due
from digest.settings import SettingsError
from digest.web.app import create_app
from digest.web.serving import serve
from tests.clients import plain_client
from tests.feeds.web_server import answer, web_server
from tests.house.sources import ROOT
from tests.services.feed_bodies import atom, feed, post
from tests.world import MONDAY, ToldTransport, hours, make_settings, open_world


@dataclass
class Collector:
    """What a collector was sent."""

    url: str = ""
    paths: set[str] = field(default_factory=set)
    authorization: set[str] = field(default_factory=set)
    services: set[str] = field(default_factory=set)
    spans: list[Span] = field(default_factory=list)

    def named(self, name: str) -> list[Span]:
        """Return the spans of a name."""
        return [span for span in self.spans if span.name == name]


def attributes(span: Span) -> dict[str, str | int]:
    """Return a span's attributes."""
    return {one.key: one.value.string_value or one.value.int_value for one in span.attributes}


@asynccontextmanager
async def collector() -> AsyncIterator[Collector]:
    """Run a collector that takes OTLP over HTTP as protobuf."""
    told, app = Collector(), FastAPI(openapi_url=None)

    @app.post("/{path:path}")
    async def take(path: str, request: Request) -> Response:
        body = await request.body()
        if request.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        export = ExportTraceServiceRequest.FromString(body)
        told.paths.add(f"/{path}")
        told.authorization.add(request.headers.get("authorization", ""))
        for resource in export.resource_spans:
            names = {one.key: one.value.string_value for one in resource.resource.attributes}
            told.services.add(names["service.name"])
            for scope in resource.scope_spans:
                told.spans.extend(scope.spans)
        return Response(media_type="application/x-protobuf")

    async with serve(app) as port:
        told.url = f"http://127.0.0.1:{port}"
        yield told


class BreakingTransport(ToldTransport):
    """A relay's client that breaks off."""

    async def send(self, message: OutgoingMessage) -> Outcome:
        """Break."""
        self.messages.append(message)
        raise RuntimeError("broken")


async def test_work_and_requests_are_spans_at_the_collector(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with web_server() as blog, collector() as told:
        blog.pages["/blog"] = answer(atom(post(1)))
        telemetry = {"endpoint": told.url, "authorization": "Bearer x", "service_name": "papers"}
        tables: dict[str, Any] = {"sources": [feed(blog, "blog")], "telemetry": telemetry}
        rest = {"first_at_once": False}
        async with open_world(tmp_path, url, digest=rest, **tables) as world:
            await world.add_reader("ada@example.org", "experts", hour=8)
            await world.list_papers("Sparse experts")
            await collect_due(world.app.context, world.app.ingestor, world.now)
            await world.at(MONDAY + hours(8))
            async with (
                serve(create_app(world.app.context)) as port,
                plain_client(f"http://127.0.0.1:{port}") as client,
            ):
                await client.get("/digest/unsubscribe/a-secret-of-a-reader")
        # what closes the installation hands over what is left
    assert told.paths == {"/v1/traces"}
    assert told.authorization == {"Bearer x"}
    assert told.services == {"papers"}
    [collected] = told.named("collect a source")
    assert attributes(collected) == {"source": "blog"}
    [planned] = told.named("plan")
    assert attributes(planned) == {"editions": 1, "deliveries": 1}
    [sent] = told.named("send")
    assert attributes(sent) == {"sent": 1}
    [request] = told.named("web request")
    assert attributes(request) == {
        "http.request.method": "GET",
        "http.route": "/unsubscribe/{token}",
        "http.response.status_code": 404,
    }
    assert all(span.end_time_unix_nano > span.start_time_unix_nano for span in told.spans)
    assert "secret-of-a-reader" not in str(told.spans)


async def test_a_failure_is_told_with_its_span(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with collector() as told:
        tables: dict[str, Any] = {"telemetry": {"endpoint": f"{told.url}/v1/traces"}}
        relay, rest = BreakingTransport(), {"first_at_once": False}
        async with open_world(tmp_path, url, transport=relay, digest=rest, **tables) as world:
            await world.add_reader("ada@example.org", "experts", hour=8)
            await world.list_papers("Sparse experts")
            with pytest.raises(RuntimeError, match="broken"):
                await world.at(MONDAY + hours(8))
    assert told.paths == {"/v1/traces"}
    [sent] = told.named("send")
    assert sent.status.code == Status.STATUS_CODE_ERROR
    assert [event.name for event in sent.events] == ["exception"]


async def test_a_collector_that_is_away_holds_nothing_up(tmp_path: Path) -> None:
    telemetry = {"endpoint": "http://127.0.0.1:9"}  # discard: nothing listens in a test
    settings = make_settings(tmp_path, f"sqlite:///{tmp_path}/x.sqlite3", telemetry=telemetry)
    observer = observer_of(settings)
    with observer.run("plan") as span:
        span.note("editions", 1)
    await asyncio.wait_for(close_observer(observer), 30)


def loaded_by(code: str, *packages: str) -> str:
    """Run a program; return which of its modules are of some packages."""
    told = f"{code}; print([m for m in sys.modules if (m + '.').startswith({packages!r})])"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; {told}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_without_an_endpoint_nothing_of_it_is_imported() -> None:
    """FastAPI itself looks for the API package, which is small; the SDK and exporters are not."""
    work = (
        "from digest.bootstrap.telemetry import observer_of; from digest.settings import Settings; "
        "import digest.services.send, digest.services.collect, digest.services.plan; "
        "assert observer_of(Settings()).tracer is None"
    )
    assert loaded_by(work, "opentelemetry.", "prometheus_client.") == "[]"
    served = f"import digest.process; {work}"
    heavy = ("opentelemetry.sdk.", "opentelemetry.exporter.", "google.protobuf.")
    assert loaded_by(served, *heavy) == "[]"
    on = "from digest.bootstrap.tracing import OtlpTracer"
    assert "opentelemetry.sdk" in loaded_by(on, *heavy)


def test_without_the_extra_the_start_says_what_to_install(tmp_path: Path) -> None:
    """In a process where the package cannot be found, as where it was never installed."""
    code = (
        "import sys; sys.modules['opentelemetry'] = None\n"
        "from digest.bootstrap.telemetry import observer_of\n"
        "from digest.settings import Settings, SettingsError\n"
        "try: observer_of(Settings(telemetry={'endpoint': 'http://127.0.0.1:4318'}))\n"
        "except SettingsError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "pip install 'paper-digest[telemetry]'" in done.stdout, done.stderr
    assert issubclass(SettingsError, Exception)
