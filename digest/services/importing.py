"""Import: people of a file become readers, or are kept as ones who left, a chunk a transaction.

Each chunk is decided on what the database says in the transaction that writes it. An import that
was cut off is done again: whoever is in already is left as they are.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.catalogue import CatalogueTopic
from digest.domain.import_plan import Decision, Deed, Known, Options, decide
from digest.domain.import_rows import Format, ImportRow, Read
from digest.domain.opt_outs import OptOut
from digest.domain.preferences import topics_from
from digest.domain.subscribers import Preferences, Subscriber, SubscriberState, address_key
from digest.domain.tombstones import barred_key
from digest.services import audit, opt_outs
from digest.services.context import Context
from digest.services.import_files import open_people
from digest.services.import_writing import TakenError, Writer
from digest.services.topics import load_catalogue
from digest.settings.values import normalised_address
from digest.store import erasing, subscribers

log = structlog.get_logger()
CHUNK = 200  # rows of one transaction


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that came to nothing: its number, the address in it, why, and all that stood there."""

    line: int
    address: str
    reason: str
    cells: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of a file, or would: each of its ``rows`` is counted once.

    ``added`` are readers, ``invited`` were asked whether they agree, ``left`` and ``barred`` are
    kept so that nobody mails them. ``unmapped`` are lists that no topic was given for.
    """

    format: Format
    dry_run: bool
    rows: int
    added: int
    invited: int
    updated: int
    unchanged: int
    left: int
    barred: int
    rejected: tuple[Rejected, ...]
    unmapped: tuple[str, ...]
    is_json: bool = False

    @property
    def accepted(self) -> int:
        """Return how many rows changed something."""
        return self.added + self.invited + self.updated + self.left + self.barred


async def import_people(
    context: Context,
    actor: str,
    file: BinaryIO,
    options: Options,
    *,
    defaults: Preferences | None = None,
    wanted: Format | None = None,
    name: str = "",
    dry_run: bool = False,
    on_rows: Callable[[int], None] = lambda _: None,
) -> ImportResult:
    """Take in the people of a file, or with ``dry_run`` tell what would become of them.

    ``file`` can be sought. ``defaults`` are a new reader's choices where the file has none;
    ``name`` is the file's for the audit log; ``on_rows`` is told how many rows are done. Raises
    ImportFileError for a file that cannot be read and PreferenceError for an unknown topic of
    ``options``; nothing has been done then.
    """
    people = await asyncio.to_thread(open_people, file, wanted)
    catalogue = await load_catalogue(context)
    topics_from(catalogue, [*options.topics, *options.lists.values()])
    held = defaults or Preferences(max_papers=context.settings.digest.max_papers)
    run = _Import(context, options, catalogue, held, await opt_outs.who_left(context))
    shown = f"file {name or 'without a name'}"
    if not dry_run:
        await _note(context, actor, "subscribers.import", shown, _told(options))
    while chunk := await asyncio.to_thread(lambda: list(islice(people.rows, CHUNK))):
        await run.take(chunk, dry_run=dry_run)
        on_rows(run.rows)
    result = run.result(people.format, is_json=people.is_json, dry_run=dry_run)
    if not dry_run:
        counts: dict[str, Any] = {deed.value: n for deed, n in run.counts.items()}
        await _note(context, actor, "subscribers.imported", shown, counts)
        log.info("imported", rows=run.rows, **counts)
    return result


async def _note(
    context: Context, actor: str, action: str, shown: str, detail: Mapping[str, Any]
) -> None:
    async with context.database.write() as connection:
        await audit.note(connection, context.clock.now(), actor, action, shown, detail)


def _told(options: Options) -> dict[str, Any]:
    flags = ("confirmed", "invite", "ask_everybody", "update")
    told: dict[str, Any] = {name: True for name in flags if getattr(options, name)}
    told |= {"topics": list(options.topics)} if options.topics else {}
    told |= {"lists": dict(options.lists)} if options.lists else {}
    return told | ({"standing": options.standing.value} if options.standing else {})


@dataclass(frozen=True, slots=True)
class _Person:
    read: Read
    row: ImportRow
    address: str
    key: str


class _Import:
    """One file's turn."""

    def __init__(
        self,
        context: Context,
        options: Options,
        catalogue: Mapping[str, CatalogueTopic],
        defaults: Preferences,
        left: Mapping[str, Sequence[OptOut]],
    ) -> None:
        self.counts: Counter[Deed] = Counter()
        self.rows = 0
        self._context = context
        self._options = options
        self._catalogue = catalogue
        self._defaults = defaults
        self._left = left
        self._lines: dict[str, int] = {}  # of each address's first row
        self._rejected: list[Rejected] = []
        self._unmapped: dict[str, None] = {}

    async def take(self, chunk: Sequence[Read], *, dry_run: bool) -> None:
        """Decide on some rows and, unless it is a dry run, do it in one transaction."""
        people = await asyncio.to_thread(lambda: [p for one in chunk if (p := self._person(one))])
        if dry_run:
            async with self._context.database.read() as connection:
                done = await self._decided(connection, people)
        else:
            done = await self._context.database.transact(lambda c: self._done(c, people))
        for person, decision in done:
            self.counts[decision.deed] += 1
            if decision.deed is Deed.REJECT:
                self._reject(person.read, decision.reason)
        self.rows += len(chunk)

    def result(self, kind: Format, *, is_json: bool, dry_run: bool) -> ImportResult:
        """Return what all rows came to."""
        counts = self.counts
        return ImportResult(
            format=kind,
            dry_run=dry_run,
            rows=self.rows,
            added=counts[Deed.ADD],
            invited=counts[Deed.INVITE],
            updated=counts[Deed.UPDATE],
            unchanged=counts[Deed.UNCHANGED],
            left=counts[Deed.LEAVE],
            barred=counts[Deed.BAR],
            rejected=tuple(sorted(self._rejected, key=lambda one: one.line)),
            unmapped=tuple(self._unmapped),
            is_json=is_json,
        )

    def _person(self, read: Read) -> _Person | None:
        """Return a row whose address is one and comes first; count any other as rejected."""
        error, address = read.error, ""
        if read.row is not None:
            try:
                address = normalised_address(read.row.address)
            except ValueError as problem:
                error = f"{read.row.address!r} is not an e-mail address: {problem}"
        if read.row is None or error:
            self.counts[Deed.REJECT] += 1
            self._reject(read, error)
            return None
        key = address_key(address)
        first = self._lines.setdefault(key, read.line)
        if first != read.line:
            self.counts[Deed.REJECT] += 1
            self._reject(read, f"the address stands on line {first} already")
            return None
        mapped = {name.casefold() for name in self._options.lists}
        self._unmapped |= {
            one.name: None for one in read.row.lists if one.name.casefold() not in mapped
        }
        return _Person(read, read.row, address, key)

    def _reject(self, read: Read, reason: str) -> None:
        shown = read.row.address if read.row else _address_in(read.cells)
        told = reason.splitlines()[0]  # a caret below a query is for whoever types it
        self._rejected.append(Rejected(read.line, shown, told, read.cells))

    async def _done(
        self, connection: AsyncConnection, people: Sequence[_Person]
    ) -> list[tuple[_Person, Decision]]:
        done, readers = [], await self._readers(connection, people)
        writer = Writer(self._context)  # of this transaction alone, which may be done again
        for person, decision in await self._decided(connection, people):
            final = decision
            try:
                await writer.write(
                    connection, person.address, person.row, decision, readers.get(person.key)
                )
            except TakenError as error:
                final = Decision(Deed.REJECT, decision.standing, reason=str(error))
            done.append((person, final))
        return done

    async def _decided(
        self, connection: AsyncConnection, people: Sequence[_Person]
    ) -> list[tuple[_Person, Decision]]:
        readers = await self._readers(connection, people)
        keys = {
            barred_key(key, person.address): person.key
            for person in people
            for key in self._context.token_keys
        }
        found = await erasing.list_barred(connection, keys)
        barred = {keys[one] for one in found}
        return [
            (person, self._decide(person, readers.get(person.key), barred=person.key in barred))
            for person in people
        ]

    def _decide(self, person: _Person, reader: Subscriber | None, *, barred: bool) -> Decision:
        known = None
        if reader is not None:
            known = Known(reader.state, reader.suppression, reader.preferences)
        elif barred:
            known = Known(None, None, self._defaults)
        elif opt_outs.has_left(self._context, self._left, person.address):
            known = Known(SubscriberState.UNSUBSCRIBED, None, self._defaults)  # and was erased
        return decide(person.row, known, self._options, self._catalogue, self._defaults)

    async def _readers(
        self, connection: AsyncConnection, people: Sequence[_Person]
    ) -> dict[str, Subscriber]:
        return await subscribers.list_by_keys(connection, [person.key for person in people])


def _address_in(cells: Mapping[str, Any]) -> str:
    for name in ("address", "email", "value"):
        found = cells.get(name)
        if isinstance(found, str) and found:
            return found
    return ""
