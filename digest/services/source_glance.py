"""Sources at a glance: how each does, what it listed last, and how much a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from digest.domain.day_bars import Bars, bars_of
from digest.services.context import Context
from digest.services.source_changes import SourceError
from digest.services.sources import SourceLine, list_source_lines
from digest.store.listed import Listed, count_listed, list_latest

DAYS = 14
_LATEST, _AT_MOST = 20, timedelta(days=90)  # so many titles, of so many days


@dataclass(frozen=True, slots=True)
class SourceGlance:
    """A source with what it listed in the last days; ``bars`` is None where that is nothing."""

    line: SourceLine
    listed: int
    bars: Bars | None
    latest: tuple[Listed, ...] = ()


async def list_source_glances(context: Context) -> list[SourceGlance]:
    """Return every source in effect, without the titles."""
    lines, counts = await list_source_lines(context), await _counts(context)
    return [_glance(context, line, counts.get(line.name, {})) for line in lines]


async def get_source_glance(context: Context, name: str) -> SourceGlance:
    """Return one source with its latest titles; raises SourceError where there is none."""
    for line in await list_source_lines(context):
        if line.name == name:
            break
    else:
        raise SourceError(f"there is no source {name!r}")
    counts, since = await _counts(context), context.clock.now() - _AT_MOST
    async with context.database.read() as connection:
        latest = await list_latest(connection, name, since, _LATEST)
    return _glance(context, line, counts.get(name, {}), tuple(latest))


async def _counts(context: Context) -> Mapping[str, Mapping[date, int]]:
    midnight = context.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    async with context.database.read() as connection:
        return await count_listed(connection, midnight - timedelta(days=DAYS - 1))


def _glance(
    context: Context,
    line: SourceLine,
    counts: Mapping[date, int],
    latest: tuple[Listed, ...] = (),
) -> SourceGlance:
    today = context.clock.now().date()
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    bars = bars_of([(day, {"listed": counts.get(day, 0)}) for day in days], ("listed",))
    return SourceGlance(line, sum(counts.get(day, 0) for day in days), bars, latest)
