"""The transport against real servers on loopback: each reply and accident has its verdict."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from digest.clocks import SimulatedClock
from digest.domain.replies import Stage
from digest.mail.catcher import MailCatcher
from digest.ports import Blame, Outcome, Verdict
from tests.mail.scripted_relay import (
    BODY,
    DOT,
    HANG_UP,
    NOW,
    ScriptedRelay,
    message,
    relay,
    scripted_relay,
    transport,
)

STAGES = {"MAIL": Stage.MAIL, "RCPT": Stage.RCPT, "DATA": Stage.DATA, DOT: Stage.DATA}


async def outcome_of(server: ScriptedRelay, to: str = "a@example.org") -> Outcome:
    async with transport(relay(server.port)) as sender:
        return await sender.send(message(to))


async def free_port() -> int:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return port


async def test_a_message_arrives_byte_for_byte_with_its_envelope() -> None:
    async with MailCatcher() as catcher, transport(relay(catcher.port)) as sender:
        outcome = await sender.send(message())
    assert (outcome.verdict, outcome.code) == (Verdict.ACCEPTED, 250)
    assert "main" in outcome.reply
    [caught] = catcher.mails
    assert (caught.envelope_from, caught.rcpt_to) == ("digest@papers.example", ("a@example.org",))
    assert caught.data == BODY


async def test_many_messages_go_over_one_kept_connection() -> None:
    async with scripted_relay() as server, transport(relay(server.port)) as sender:
        for number in range(20):
            assert (await sender.send(message(number=number))).verdict is Verdict.ACCEPTED
        assert server.connections == 1
        assert len(server.bodies) == 20


async def test_as_many_connections_are_opened_as_the_relay_allows() -> None:
    async with scripted_relay() as server:
        async with transport(relay(server.port, connections=3)) as sender:
            sent = await asyncio.gather(*(sender.send(message(number=n)) for n in range(12)))
        assert {outcome.verdict for outcome in sent} == {Verdict.ACCEPTED}
        assert server.connections == 3


async def test_closing_says_quit() -> None:
    async with scripted_relay() as server:
        async with transport(relay(server.port)) as sender:
            await sender.send(message())
        assert server.commands[-1] == "QUIT"


@pytest.mark.parametrize(
    ("step", "reply", "verdict", "code"),
    [
        ("MAIL", "451 4.7.1 slow down", Verdict.THROTTLED, 451),
        ("MAIL", "550 5.7.1 not your sender", Verdict.DEFERRED, 550),
        ("MAIL", "552 5.3.4 too big", Verdict.FAILED, 552),
        ("MAIL", "421 4.3.2 going down", Verdict.RELAY_DOWN, 421),
        ("RCPT", "450 4.2.1 greylisted", Verdict.DEFERRED, 450),
        ("RCPT", "550 5.1.1 no such user", Verdict.REFUSED, 550),
        ("RCPT", "421 4.7.0 too many", Verdict.THROTTLED, 421),
        ("DATA", "451 4.3.0 not now", Verdict.DEFERRED, 451),
        ("DATA", "554 5.6.0 no", Verdict.FAILED, 554),
        (DOT, "452 4.3.1 disk full", Verdict.DEFERRED, 452),
        (DOT, "550 5.1.1 nobody", Verdict.REFUSED, 550),
        (DOT, "554 5.6.0 bad content", Verdict.FAILED, 554),
        (DOT, "550 5.7.1 spam", Verdict.DEFERRED, 550),
        (DOT, "421 4.3.2 going down", Verdict.RELAY_DOWN, 421),
    ],
)
async def test_a_refusal_becomes_its_verdict(
    step: str, reply: str, verdict: Verdict, code: int
) -> None:
    async with scripted_relay(**{step: reply}) as server:
        outcome = await outcome_of(server)
    assert (outcome.verdict, outcome.code, outcome.stage) == (verdict, code, STAGES[step])
    assert reply[4:] in outcome.reply


@pytest.mark.parametrize("step", ["EHLO", "MAIL", "RCPT", "DATA"])
async def test_a_line_cut_before_the_final_dot_is_the_relays_trouble(step: str) -> None:
    async with scripted_relay(**{step: HANG_UP}, HELO=HANG_UP) as server:
        assert (await outcome_of(server)).verdict is Verdict.RELAY_DOWN


async def test_a_line_cut_after_the_final_dot_leaves_the_outcome_open() -> None:
    async with scripted_relay(**{DOT: HANG_UP}) as server:
        outcome = await outcome_of(server)
        assert (outcome.verdict, outcome.stage) == (Verdict.UNCERTAIN, Stage.DATA)
        assert len(server.bodies) == 1


async def test_a_greeting_that_refuses_is_the_relays_trouble() -> None:
    async with scripted_relay() as server:
        server.greeting = "554 5.3.2 no service"
        outcome = await outcome_of(server)
        assert (outcome.verdict, outcome.stage) == (Verdict.RELAY_DOWN, Stage.CONNECT)


async def test_after_a_refusal_the_next_message_finds_a_clean_envelope() -> None:
    async with scripted_relay() as server, transport(relay(server.port)) as sender:
        server.once["RCPT"] = "550 5.1.1 no"
        assert (await sender.send(message())).verdict is Verdict.REFUSED
        assert (await sender.send(message())).verdict is Verdict.ACCEPTED


async def test_the_next_relay_by_priority_serves_where_the_first_refuses_connections() -> None:
    async with scripted_relay() as backup:
        down = relay(await free_port(), "first", priority=1)
        async with transport(relay(backup.port, "backup", priority=5), down) as sender:
            assert "backup" in (await sender.send(message())).reply
            assert "backup" in (await sender.send(message())).reply


async def test_a_relay_that_is_down_is_left_alone_for_a_pause_that_grows() -> None:
    clock, port = SimulatedClock(NOW), await free_port()
    async with transport(relay(port), clock=clock) as sender:
        assert "127.0.0.1" in (await sender.send(message())).reply
        for pause in (15, 30, 60):
            clock.set(clock.now() + timedelta(seconds=pause - 1))
            assert "left alone" in (await sender.send(message())).reply
            clock.set(clock.now() + timedelta(seconds=1))
            outcome = await sender.send(message())
            assert outcome.verdict is Verdict.RELAY_DOWN
            assert "left alone" not in outcome.reply


async def test_failures_side_by_side_are_one_failure() -> None:
    clock, port = SimulatedClock(NOW), await free_port()
    async with transport(relay(port, connections=8), clock=clock) as sender:
        await asyncio.gather(*(sender.send(message(number=n)) for n in range(8)))
        clock.set(NOW + timedelta(seconds=15))
        assert "left alone" not in (await sender.send(message())).reply


async def test_a_relay_that_answers_again_starts_afresh() -> None:
    clock = SimulatedClock(NOW)
    async with scripted_relay() as server, transport(relay(server.port), clock=clock) as sender:
        server.greeting = "421 4.3.2 later"
        for pause in (15, 30):
            assert (await sender.send(message())).verdict is Verdict.RELAY_DOWN
            clock.set(clock.now() + timedelta(seconds=pause))
        server.greeting = "220 back"
        assert (await sender.send(message())).verdict is Verdict.ACCEPTED
        server.greeting, server.replies["MAIL"] = "421 4.3.2 later", "421 later"
        assert (await sender.send(message())).verdict is Verdict.RELAY_DOWN
        clock.set(clock.now() + timedelta(seconds=15))
        server.greeting = "220 back"
        del server.replies["MAIL"]
        assert (await sender.send(message())).verdict is Verdict.ACCEPTED


async def test_a_kept_connection_that_the_relay_closed_costs_nothing() -> None:
    async with scripted_relay() as server, transport(relay(server.port)) as sender:
        await sender.send(message())
        for writer in server.writers:
            writer.close()
            await writer.wait_closed()
        assert (await sender.send(message())).verdict is Verdict.ACCEPTED
        assert server.connections == 2


@pytest.mark.parametrize("reply", [HANG_UP, "421 4.4.2 idle too long"])
async def test_a_kept_connection_that_dies_as_it_is_used_is_replaced_at_once(reply: str) -> None:
    async with scripted_relay() as server, transport(relay(server.port)) as sender:
        await sender.send(message())
        server.once["MAIL"] = reply
        assert (await sender.send(message())).verdict is Verdict.ACCEPTED
        assert server.connections == 2
        assert len(server.bodies) == 2


async def test_failures_alone_are_asked_for_where_the_relay_offers_dsn() -> None:
    async with scripted_relay() as server:
        server.extensions = ("8BITMIME", "DSN")
        assert (await outcome_of(server, "a+b@example.org")).verdict is Verdict.ACCEPTED
    [mail] = [c for c in server.commands if c.startswith("MAIL")]
    [rcpt] = [c for c in server.commands if c.startswith("RCPT")]
    assert "RET=HDRS ENVID=1@papers.example" in mail
    assert rcpt.endswith("NOTIFY=FAILURE ORCPT=rfc822;a+2Bb@example.org")


async def test_a_recipient_beyond_ascii_needs_smtputf8() -> None:
    async with scripted_relay() as server:
        assert (await outcome_of(server, "jürgen@example.org")).verdict is Verdict.ACCEPTED
        assert "RCPT TO:<jürgen@example.org>" in server.commands
        assert any(c.startswith("MAIL") and "SMTPUTF8" in c for c in server.commands)
        server.extensions = ("8BITMIME",)
        assert (await outcome_of(server, "jürgen@example.org")).verdict is Verdict.FAILED


@pytest.mark.parametrize(
    "to",
    [
        "a@example.org>\r\nRCPT TO:<evil@example.org",
        "a@example.org\r\nDATA",
        "a@example.org\nRSET",
        "a@example.org\x00",
        "<a@example.org> SIZE=1",
        "",
        "\ud800@example.org",
    ],
)
async def test_a_hostile_address_never_becomes_a_command(to: str) -> None:
    async with scripted_relay() as server:
        outcome = await outcome_of(server, to)
        assert outcome.verdict in (Verdict.FAILED, Verdict.ACCEPTED)
        allowed = {"EHLO", "HELO", "MAIL", "RCPT", "DATA", "RSET", "QUIT"}
        assert {c.split(" ")[0] for c in server.commands} <= allowed
        assert len([c for c in server.commands if c.startswith("RCPT")]) <= 1
        assert not [c for c in server.commands if "evil" in c and "<a@" not in c]
        assert len(server.bodies) == (outcome.verdict is Verdict.ACCEPTED)


async def test_a_sender_that_lost_its_lease_does_not_write_the_final_dot() -> None:
    late = replace(message(number=1), may_finish=lambda: False)
    async with scripted_relay() as server, transport(relay(server.port)) as sender:
        outcome = await sender.send(late)
        assert (outcome.verdict, outcome.blame) == (Verdict.RELAY_DOWN, Blame.NOBODY)
        assert "lease" in outcome.reply
        assert server.bodies == []
        # the relay is not to blame: the next one goes, over a session of its own
        held = replace(message(number=2), may_finish=lambda: True)
        assert (await sender.send(held)).verdict is Verdict.ACCEPTED
        assert (len(server.bodies), server.connections) == (1, 2)


async def test_without_any_relay_nothing_is_sent() -> None:
    async with transport() as sender:
        assert (await sender.send(message())).verdict is Verdict.RELAY_DOWN
