"""The log of a delivery can be put together: each line has its id and the worker's."""

import json
import logging
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import structlog

from digest.logs import configure_logging
from digest.ports import Outcome, OutgoingMessage, Verdict
from digest.services.send import send_due
from tests.world import MONDAY, ToldTransport, hours, open_world


@pytest.fixture
def log() -> Iterator[StringIO]:
    """Give the log that is written, and pytest its own handlers back."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    stream = StringIO()
    configure_logging("json", "debug", stream)
    yield stream
    root.handlers, root.level = handlers, level
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


class TalkingTransport(ToldTransport):
    """A relay whose client logs, as libraries do: through the standard library."""

    async def send(self, message: OutgoingMessage) -> Outcome:
        """Log, and answer."""
        logging.getLogger("a.library").warning("on the wire to %s", message.envelope_to)
        return await super().send(message)


async def test_every_line_on_the_way_of_a_mail_has_its_delivery_and_worker(
    tmp_path: Path, database_url: str, log: StringIO
) -> None:
    relay = TalkingTransport()
    relay.answers = [
        Outcome(Verdict.DEFERRED, 451, "451 later", "main"),
        Outcome(Verdict.REFUSED, 550, "550 5.1.1 no such user", "main"),
        Outcome(Verdict.ACCEPTED, 250, "250 ok", "main"),
    ]
    rest = {"first_at_once": False}
    async with open_world(tmp_path, database_url, transport=relay, digest=rest) as world:
        await world.list_papers("Sparse experts")
        for name in "abc":
            await world.add_reader(f"{name}@example.org", "experts", hour=8)
        await world.plan_at(MONDAY + hours(8))
        log.truncate(0)
        log.seek(0)
        await send_due(world.app.context)
        worker = world.app.context.worker_id
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    of_mails = [line for line in lines if line["event"].startswith(("on the wire", "handed over"))]
    assert len(of_mails) == 6
    assert all(line["worker"] == worker for line in of_mails)
    told = {line["delivery"]: line for line in of_mails if line["event"] == "handed over"}
    assert sorted(told) == [1, 2, 3]
    outcomes = {one["outcome"]: (one["level"], one["code"], one["relay"]) for one in told.values()}
    assert outcomes == {
        "deferred": ("info", 451, "main"),
        "refused": ("info", 550, "main"),
        "accepted": ("debug", 250, "main"),
    }
    assert sorted(one["delivery"] for one in of_mails if "wire" in one["event"]) == [1, 2, 3]
    assert [line["worker"] for line in lines if line["event"] == "sent"] == [worker]
    assert structlog.contextvars.get_contextvars() == {}


async def test_a_mail_that_breaks_is_logged_with_its_id(tmp_path: Path, log: StringIO) -> None:
    class Breaking(ToldTransport):
        """A client that breaks off."""

        async def send(self, message: OutgoingMessage) -> Outcome:
            """Break."""
            raise RuntimeError(f"broken off, {len(message.data)} bytes in")

    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    rest = {"first_at_once": False}
    async with open_world(tmp_path, url, transport=Breaking(), digest=rest) as world:
        await world.list_papers("Sparse experts")
        await world.add_reader("a@example.org", "experts", hour=8)
        await world.plan_at(MONDAY + hours(8))
        with pytest.raises(RuntimeError, match="broken off"):
            await send_due(world.app.context)
        worker = world.app.context.worker_id
    errors: list[dict[str, Any]] = [
        line for line in map(json.loads, log.getvalue().splitlines()) if line["level"] == "error"
    ]
    assert errors
    assert {(line["delivery"], line["worker"]) for line in errors} == {(1, worker)}
