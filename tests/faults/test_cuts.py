"""A connection that is cut after any byte: the mail comes, and twice only where nobody can know."""

from pathlib import Path

from digest.domain.deliveries import State
from tests.faults.mailing import planned_mailing
from tests.faults.scale import of
from tests.faults.smtp_server import Cut, FaultyServer, Stage, faulty_server

BODY_POINTS = 200
LAST_REPLY = len("250 2.0.0 accepted\r\n")


async def _whole_session(folder: Path) -> tuple[int, int, int]:
    """Return the bytes received before the body, those received in all, and those sent."""
    async with faulty_server() as server:
        url = f"sqlite+aiosqlite:///{folder}/whole.sqlite3"
        async with planned_mailing(folder, url, server, readers=1) as mailing:
            before: list[int] = []
            server.rule = lambda moment: (
                before.append(server.received[moment.session])
                if moment.stage is Stage.DATA
                else None
            )
            await mailing.send()
            assert len(server.accepted) == 1
            return before[0], server.received[1], server.sent[1]


def _cut_of_session(server: FaultyServer, cut: Cut) -> None:
    """Cut the next session, and none after it."""
    first = server.sessions + 1
    server.cut_of = lambda session: cut if session == first else None


async def test_a_cut_at_any_byte_loses_nothing_and_repeats_only_what_nobody_can_know(
    tmp_path: Path,
) -> None:
    envelope, whole, said = await _whole_session(tmp_path / "whole")
    quit_from = whole - len("QUIT\r\n")
    body = range(envelope, quit_from, max(1, (quit_from - envelope) // BODY_POINTS))
    received = [*range(envelope), *body, *range(quit_from - 8, quit_from)]
    cuts = [Cut(received=at) for at in received] + [Cut(sent=at) for at in range(said)]
    last_reply = [Cut(sent=at) for at in range(said - LAST_REPLY, said)]
    cuts = cuts[:: of(1, 11)] + last_reply
    uncertain = 0
    async with faulty_server() as server:
        url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
        async with planned_mailing(tmp_path, url, server, readers=1) as mailing:
            for cut in cuts:
                await mailing.again()
                _cut_of_session(server, cut)
                books = await mailing.to_the_end()
                assert books.states == {State.SENT: 1}, cut
                assert len(server.accepted) == 1, cut
                if cut.received is not None and cut.received < quit_from:
                    assert server.duplicates == 0, cut  # the dot never came in
                uncertain += server.duplicates
    # the 250 after the dot is all that may be lost on its way: one cut a byte of it
    assert 1 <= uncertain <= 2 * LAST_REPLY
    assert server.changed == 0
