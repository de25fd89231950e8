"""Whatever a relay answers, at whatever stage: nothing is lost, and what it took comes once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from digest.domain.deliveries import State
from digest.mail.smtp.relay import DOT_PATIENCE
from digest.services.plan import plan_due_slots
from tests.faults.installation import read_books
from tests.faults.mailing import TIMEOUT_S, Mailing, planned_mailing
from tests.faults.smtp_server import Fault, FaultyServer, Moment, Rule, Stage, faulty_server
from tests.world import MONDAY, hours

STAGES = (Stage.CONNECT, Stage.EHLO, Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.DOT)
TEMPORARY = ("421 4.3.2 closing", "450 4.2.1 busy", "451 4.7.1 too much", "454 4.7.0 not now")
# what a permanent refusal at a stage makes of the one message that met it
PERMANENT = {
    ("550 5.1.1 no such user", Stage.CONNECT): State.SENT,  # the relay's own trouble
    ("550 5.1.1 no such user", Stage.EHLO): State.SENT,
    ("550 5.1.1 no such user", Stage.MAIL): State.SENT,
    ("550 5.1.1 no such user", Stage.RCPT): State.REFUSED,
    ("550 5.1.1 no such user", Stage.DATA): State.REFUSED,
    ("550 5.1.1 no such user", Stage.DOT): State.REFUSED,
    ("552 5.3.4 too big", Stage.CONNECT): State.SENT,
    ("552 5.3.4 too big", Stage.EHLO): State.SENT,
    ("552 5.3.4 too big", Stage.MAIL): State.FAILED,
    ("552 5.3.4 too big", Stage.DATA): State.FAILED,
    ("552 5.3.4 too big", Stage.DOT): State.FAILED,
    ("550 5.7.1 policy", Stage.DOT): State.SENT,  # it may pass
}


def once_at(stage: Stage, fault: Fault) -> Rule:
    """Return a rule that does a fault the first time that a stage is reached."""
    done: list[Moment] = []

    def rule(moment: Moment) -> Fault | None:
        if moment.stage is stage and not done:
            done.append(moment)
            return fault
        return None

    return rule


@pytest.fixture
async def server() -> AsyncIterator[FaultyServer]:
    async with faulty_server() as running:
        yield running


@pytest.fixture
async def mailing(tmp_path: Path, server: FaultyServer) -> AsyncIterator[Mailing]:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with planned_mailing(tmp_path, url, server) as planned:
        yield planned


@pytest.mark.parametrize("stage", STAGES)
async def test_what_is_put_off_comes_later_and_once(
    mailing: Mailing, server: FaultyServer, stage: Stage
) -> None:
    for reply in TEMPORARY:
        await mailing.again()
        server.rule = once_at(stage, Fault(reply=reply))
        await mailing.send()
        # an EHLO that is refused is asked again as HELO (RFC 5321 section 3.2)
        waits = (await read_books(mailing.app.database)).open
        assert waits or stage is Stage.EHLO, "it was not put off"
        books = await mailing.to_the_end()
        assert books.states == {State.SENT: 3}, (stage, reply)
        assert len(server.accepted) == 3
        assert server.duplicates == 0


@pytest.mark.parametrize(("case", "becomes"), PERMANENT.items(), ids=str)
async def test_a_refusal_for_good_ends_that_mail_alone(
    mailing: Mailing, server: FaultyServer, case: tuple[str, Stage], becomes: State
) -> None:
    reply, stage = case
    server.rule = once_at(stage, Fault(reply=reply))
    books = await mailing.to_the_end()
    expected = {State.SENT: 3} if becomes is State.SENT else {State.SENT: 2, becomes: 1}
    assert books.states == expected
    assert len(server.accepted) == books.states[State.SENT]
    assert server.duplicates == 0


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("fault", [Fault(hang=True), Fault(drop=True)], ids=["hangs", "drops"])
async def test_a_relay_that_hangs_or_drops_loses_nothing(
    mailing: Mailing, server: FaultyServer, stage: Stage, fault: Fault
) -> None:
    server.rule = once_at(stage, fault)
    books = await mailing.to_the_end()
    assert books.states == {State.SENT: 3}
    assert len(server.accepted) == 3
    # only after the final dot is it open whether the relay took it
    assert server.duplicates == (stage is Stage.DOT and fault.hang)
    assert server.changed == 0


async def test_an_answer_that_comes_too_late_is_an_answer_that_never_came(
    mailing: Mailing, server: FaultyServer
) -> None:
    server.rule = once_at(Stage.DOT, Fault(late_s=TIMEOUT_S * (DOT_PATIENCE + 1)))
    books = await mailing.to_the_end()
    assert books.states == {State.SENT: 3}
    assert (server.duplicates, server.changed) == (1, 0)


async def test_a_reply_that_drips_is_read_to_its_end(
    mailing: Mailing, server: FaultyServer
) -> None:
    server.rule = once_at(Stage.RCPT, Fault(reply="250 2.1.5 " + "slow " * 4, drip_s=0.005))
    books = await mailing.to_the_end()
    assert books.states == {State.SENT: 3}
    assert server.duplicates == 0


async def test_a_relay_that_is_down_for_a_day_loses_an_edition_and_no_paper(
    mailing: Mailing, server: FaultyServer
) -> None:
    server.rule = lambda moment: Fault(drop=True) if moment.stage is Stage.CONNECT else None
    books = await mailing.to_the_end()
    assert books.states == {State.EXPIRED: 3}
    assert not server.accepted
    server.rule = None
    mailing.clock.set(MONDAY + hours(24 + 9))
    await plan_due_slots(mailing.app.context, mailing.clock.now())
    books = await mailing.to_the_end()
    assert books.states == {State.EXPIRED: 3, State.SENT: 3}
    # the papers that did not come on the first day came on the second
    for body in server.bodies:
        assert b"mixtures" in body
        assert b"more of them" in body


async def test_a_clock_that_is_set_back_repeats_nothing_and_loses_nothing(
    mailing: Mailing, server: FaultyServer
) -> None:
    server.rule = once_at(Stage.RCPT, Fault(reply="451 4.3.0 later"))
    await mailing.send()
    put_off = mailing.clock.now()
    mailing.clock.set(put_off - hours(30))
    await plan_due_slots(mailing.app.context, mailing.clock.now())
    await mailing.send()
    assert len(server.accepted) == 2
    mailing.clock.set(put_off)
    await plan_due_slots(mailing.app.context, mailing.clock.now())
    books = await mailing.to_the_end()
    assert books.states == {State.SENT: 3}
    assert (len(server.accepted), server.duplicates) == (3, 0)
