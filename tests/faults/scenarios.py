"""The faults that are done to a whole program: one list for `make faults` and for the tests."""

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.copies import Copies
from tests.faults import outages
from tests.faults.crash_points import POINTS, kill_at
from tests.faults.installation import Installation, plan_day
from tests.faults.kills import Fate, kill_again_and_again, slow_answers
from tests.faults.restored import restored
from tests.faults.scale import WHOLE, of
from tests.faults.smtp_server import FaultyServer, Stage, faulty_server
from tests.postgres import Cluster, PostgresServer

CONNECTIONS = 20
SLOW_S = 0.02  # the longest that the server thinks about a message: it widens the gap
HOLD = {"delivery": {"on_uncertain": "hold"}}


@dataclass(frozen=True)
class Stand:
    """What a scenario is done to."""

    installation: Installation
    server: FaultyServer
    cluster: Cluster | None = None


@dataclass(frozen=True)
class Scenario:
    """A fault, how many messages meet it, and the most copies that are allowed too many.

    ``told`` are settings. ``always`` ones are done by `make test` as well.
    """

    name: str
    database: str
    messages: int
    most_duplicates: int
    act: Callable[[str, Stand], Awaitable[Fate]]
    told: dict[str, Any]
    always: bool = True

    async def run(self) -> Fate:
        """Do it to an installation of its own."""
        async with _stand(self) as stand:
            await plan_day(stand.installation, self.messages)
            return await self.act(self.name, stand)


@asynccontextmanager
async def _stand(scenario: Scenario) -> AsyncIterator[Stand]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = await stack.enter_async_context(faulty_server(slow_answers(SLOW_S)))
        url, cluster = f"sqlite+aiosqlite:///{folder}/digest.sqlite3", None
        if scenario.database == "PostgreSQL":
            cluster, url = await stack.enter_async_context(outages.cluster_of_its_own())
        installation = Installation(folder, url, server.port, scenario.told)
        yield Stand(installation, server, cluster)


def _killed(
    kills: int, workers: int = 1, *, gently: bool = False
) -> Callable[[str, Stand], Awaitable[Fate]]:
    async def act(name: str, stand: Stand) -> Fate:
        return await kill_again_and_again(
            name, stand.installation, stand.server, kills=kills, workers=workers, gently=gently
        )

    return act


def _killed_at(stage: Stage) -> Callable[[str, Stand], Awaitable[Fate]]:
    async def act(name: str, stand: Stand) -> Fate:
        after = 1 if stage in (Stage.CONNECT, Stage.EHLO) else 30
        return await kill_at(name, stage, stand.installation, stand.server, after)

    return act


async def _restarted(name: str, stand: Stand) -> Fate:
    assert stand.cluster is not None
    return await outages.restarted(
        name, stand.installation, stand.server, stand.cluster, times=of(5, 2)
    )


async def _away(name: str, stand: Stand) -> Fate:
    assert stand.cluster is not None
    return await outages.away(
        name, stand.installation, stand.server, stand.cluster, seconds=of(60, 3), workers=2
    )


async def _frozen(name: str, stand: Stand) -> Fate:
    return await outages.frozen(name, stand.installation, stand.server, seconds=45)


async def _locked(name: str, stand: Stand) -> Fate:
    return await outages.locked(name, stand.installation, stand.server, seconds=of(20, 2))


async def _disk_full(name: str, stand: Stand) -> Fate:
    return await outages.disk_full(name, stand.installation, stand.server, seconds=of(20, 2))


async def _restored(name: str, stand: Stand) -> Fate:
    server = PostgresServer(stand.cluster.url) if stand.cluster else None
    copies = Copies(stand.installation.folder, server)
    return await restored(name, stand.installation, stand.server, copies)


def scenarios() -> list[Scenario]:
    """Return every scenario in the order of the table, those of this run's scale."""
    kills, many, few = of(20, 2), of(20_000, 400), of(400, 120)
    gap = CONNECTIONS
    both = ("SQLite", "PostgreSQL")
    found = [
        Scenario(
            "killed at random", db, many, gap * kills, _killed(kills), {}, always=db == both[0]
        )
        for db in both
    ]
    found += [
        Scenario("killed at random, `hold`", db, many, 0, _killed(kills), HOLD, db == both[0])
        for db in both
    ]
    two = Scenario(
        "one of two workers killed at random", both[1], many, gap * kills, _killed(kills, 2), {}
    )
    found.append(two)
    leaves = _killed(of(5, 2), gently=True)
    found += [
        Scenario("asked to leave (SIGTERM)", db, of(2_000, 400), 0, leaves, {}) for db in both
    ]
    for name, stage in POINTS.items():
        most = gap if stage in (Stage.DOT, Stage.ANSWERED) else gap - 1
        act = _killed_at(stage)
        found.append(Scenario(f"killed {name}", both[0], few, most, act, {}, stage is Stage.DOT))
    found += [
        Scenario("a worker frozen past its lease", both[1], many, gap, _frozen, {}, always=False),
        Scenario("database restarted", both[1], many, 0, _restarted, {}),
        Scenario(f"database away {of(60, 3)} s between 250 and SENT", both[1], many, 0, _away, {}),
        Scenario(f"database locked {of(20, 2)} s", both[0], many, 0, _locked, {}),
        Scenario(f"disk full {of(20, 2)} s", both[0], many, 0, _disk_full, {}),
    ]
    back = "an old backup restored, one reader gone and one erased after it"
    found += [Scenario(back, db, of(2_000, 120), 0, _restored, {}, db == both[0]) for db in both]
    return [one for one in found if one.always or WHOLE]
