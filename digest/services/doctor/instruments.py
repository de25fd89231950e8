"""What the doctor works with, and what the checkups of one round share."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.checkups import Checkup
from digest.domain.dns_questions import Asking
from digest.looks.overrides import Fault
from digest.ports import Directory, ListenerCaller, Mailbox, RelayFinding, WebCaller
from digest.services.context import Context

T = TypeVar("T")
PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Instruments:
    """What bootstrap built of the settings. The ``context`` is that of an unopened installation.

    ``try_templates`` renders everything and returns what is wrong with the operator's templates.
    Its database was not upgraded, and ``token_keys`` are none where there is no secret yet.
    """

    context: Context
    directory: Directory
    web: WebCaller
    listener: ListenerCaller
    try_relay: Callable[[str], Awaitable[RelayFinding]]
    mailboxes: Mapping[str, Mailbox]
    patience_s: float = PATIENCE_S
    try_templates: Callable[[], Sequence[Fault]] = tuple


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at; it may come to several lines. ``group`` is its part of the table."""

    name: str
    group: str
    run: "Callable[[Round], Awaitable[list[Checkup]]]"


class Round:
    """One round of checkups: what one has found out, the others need not ask again."""

    def __init__(self, instruments: Instruments) -> None:
        self.instruments = instruments
        self.offsets: dict[str, timedelta] = {}  # of the clocks of web servers, to ours
        self._tasks: dict[str, asyncio.Task[Any]] = {}

    @property
    def context(self) -> Context:
        """Return the installation."""
        return self.instruments.context

    async def once(self, key: str, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Do something once a round; whoever asks next is given the same result or error."""
        if key not in self._tasks:
            self._tasks[key] = asyncio.create_task(work())
        found: T = await asyncio.shield(self._tasks[key])
        return found

    async def asking(self, questions: Asking[T]) -> T:
        """Lead a decision that asks the DNS to its end; raises what it raises."""
        directory = self.instruments.directory
        try:
            question = next(questions)
            while True:
                question = questions.send(await directory.answer(question))
        except StopIteration as end:
            found: T = end.value
            return found

    async def read(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Return what is read of the database."""
        async with self.context.database.read() as connection:
            return await work(connection)

    async def close(self) -> None:
        """End what nobody waits for any more."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
