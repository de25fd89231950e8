"""What a mail that came in is: leaving, a report, an automatic answer, or a person's."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from digest.domain.deliveries import State
from digest.domain.letters import FORWARDED
from digest.ports import IncomingMail, Outcome, Receipt, Verdict
from digest.services.addresses import Role, role_of
from digest.services.alarms import list_alarms
from digest.services.bounces import Effect
from digest.services.intake import Desk, Taken, Took, take_mail
from tests.intake.installation import (
    ADDRESS,
    BARRED,
    GONE,
    LEAVE,
    OWNER,
    READS,
    forwarded,
    mailed,
    sqlite,
    stamp,
    standing,
)
from tests.intake.letters import VERP, complaint, dsn, letter, vacation
from tests.services.own_rows import everything, mails_of
from tests.world import MONDAY, World, hours

FROM = "digest@papers.example"


@pytest.fixture
async def world(tmp_path: Path, database_url: str) -> AsyncIterator[World]:
    """Give one on each database."""
    async with mailed(tmp_path, database_url) as opened:
        yield opened


@pytest.fixture
async def lite(tmp_path: Path) -> AsyncIterator[World]:
    """Give one on SQLite."""
    async with mailed(tmp_path, sqlite(tmp_path)) as opened:
        yield opened


async def take(world: World, raw: bytes, to: str | None = None) -> Taken:
    return await take_mail(world.app.context, IncomingMail("", to, raw), "listener")


def leave_uri(world: World) -> tuple[str, str]:
    """Return address and subject of the mailto in the digest's List-Unsubscribe."""
    mail = message_from_bytes(world.relay.messages[0].data, policy=policy.default)
    told = str(mail["List-Unsubscribe"]).replace(" ", "")
    [found] = re.findall(r"<mailto:([^?>]+)\?subject=([^>]+)>", told)
    return found[0], found[1].replace("%20", " ")


async def test_mail_to_the_unsubscribe_address_of_a_digest_unsubscribes(world: World) -> None:
    address, subject = leave_uri(world)
    assert address == LEAVE
    assert role_of(world.app.context, address) is Role.UNSUBSCRIBE
    await world.list_papers("Experts again", "More of experts")
    await world.plan_at(MONDAY + hours(32))
    for _ in range(2):
        taken = await take(world, letter(address, subject, "somebody@else.example"), address)
        assert (taken.took, taken.ours) == (Took.UNSUBSCRIBED, True)
    assert await standing(world) == GONE
    [_, waited] = await mails_of(world, 1)
    assert waited.state is State.CANCELLED
    assert forwarded(world) == []


@pytest.mark.parametrize("form", ["folded", "%20", "encoded", "local part", "years old"])
async def test_a_token_is_found_however_a_client_writes_it(lite: World, form: str) -> None:
    address, subject = leave_uri(lite)
    token = subject.partition(" ")[2]
    if form == "folded":
        subject = f"unsubscribe\r\n {token}"
    elif form == "%20":
        subject = f"unsubscribe%20{token}"
    elif form == "encoded":
        subject = f"=?utf-8?Q?unsubscribe_?=\r\n =?utf-8?Q?{token.replace('_', '=5F')}?="
    elif form == "local part":
        address, subject = address.replace("@", f"+{token}@"), "leave me"
    else:
        lite.clock.set(MONDAY + timedelta(days=4000))
    assert role_of(lite.app.context, address) is Role.UNSUBSCRIBE
    assert (await take(lite, letter(address, subject), address)).took is Took.UNSUBSCRIBED
    assert await standing(lite) == GONE


@pytest.mark.parametrize("how", ["forged", "quoted", "none"])
async def test_a_mail_without_a_token_of_its_own_unsubscribes_nobody(lite: World, how: str) -> None:
    address, subject = leave_uri(lite)
    token = subject.partition(" ")[2]
    raw = {
        "forged": letter(address, f"unsubscribe {token[:-4]}AAAA"),
        "quoted": letter(address, "Re: Your digest", body=f"> /unsubscribe/{token}\r\n"),
        "none": letter(address, "unsubscribe"),
    }[how]
    assert (await take(lite, raw, address)).took is Took.FORWARDED
    assert await standing(lite) == READS


async def test_a_bounce_at_its_return_path_acts_and_comes_to_no_person(world: World) -> None:
    to = await stamp(world)
    taken = await take(world, dsn(to), to)
    assert (taken.took, taken.effect, taken.ours) == (Took.BOUNCE, Effect.SUPPRESSED, True)
    assert await standing(world) == BARRED
    assert forwarded(world) == []


async def test_a_forged_bounce_is_taken_and_forgotten(lite: World) -> None:
    before = await everything(lite)
    raw = dsn(f"b-{'a' * 24}@bounces.papers.example")
    assert await Desk(lite.app.context, "listener").receive(
        IncomingMail("", FROM, raw)
    ) is Receipt.TAKEN  # fmt: skip
    assert await everything(lite) == before
    assert forwarded(lite) == []


async def test_an_automatic_answer_does_nothing_and_reaches_nobody(lite: World) -> None:
    to = await stamp(lite)
    before = await everything(lite)
    taken = await take(lite, vacation(to), to)
    assert (taken.took, taken.ours) == (Took.AUTOMATIC, True)
    at_from = await take(lite, vacation(FROM), FROM)
    assert (at_from.took, at_from.ours) == (Took.AUTOMATIC, False)
    assert await everything(lite) == before
    assert forwarded(lite) == []


async def test_a_persons_answer_is_passed_on_whole_and_counts_as_no_bounce(world: World) -> None:
    to = await stamp(world)
    raw = letter(to, "Re: =?utf-8?Q?Fr=C3=BChst=C3=BCck?=", "Ada L. <ada@example.org>")
    taken = await take(world, raw, to)
    assert (taken.took, taken.ours) == (Took.FORWARDED, True)
    [sent] = forwarded(world)
    assert (sent.envelope_from, sent.envelope_to) == (FROM, OWNER)
    mail = message_from_bytes(sent.data, policy=policy.default)
    assert mail["From"].addresses[0].addr_spec == FROM
    assert mail["From"].addresses[0].display_name == "Ada L. via Paper Digest"
    assert mail["Reply-To"] == '"Ada L." <ada@example.org>'
    assert mail["Subject"] == "Fwd: Re: Frühstück"
    assert mail["Auto-Submitted"] == "auto-forwarded"
    [attached] = [p for p in mail.walk() if p.get_content_type() == "message/rfc822"]
    assert attached.get_content().as_bytes().replace(b"\n", b"\r\n").startswith(raw[:60])
    assert await standing(world) == READS


async def test_the_same_mail_is_passed_on_once(lite: World) -> None:
    for _ in range(3):
        assert (await take(lite, letter(FROM), FROM)).took is Took.FORWARDED
    assert len(forwarded(lite)) == 1


async def test_what_goes_round_in_a_circle_is_not_passed_on(lite: World) -> None:
    hops = "".join(f"Received: from h{n}\r\n" for n in range(40))
    own = lite.relay.messages[0].data
    assert (await take(lite, letter(FROM), FROM)).took is Took.FORWARDED
    [passed] = forwarded(lite)
    for raw in (
        passed.data,
        own,
        letter(FROM, sender=FROM),
        letter(FROM, "another", more=hops),
        letter(FROM, "another", more=f"{FORWARDED}: {FROM}\r\n"),
        letter(FROM, "another", more="Precedence: bulk\r\n"),
    ):
        assert (await take(lite, raw, FROM)).took is Took.AUTOMATIC
    assert len(forwarded(lite)) == 1


@pytest.mark.parametrize("verdict", [Verdict.DEFERRED, Verdict.RELAY_DOWN, Verdict.UNCERTAIN])
async def test_what_cannot_be_passed_on_now_is_brought_again(lite: World, verdict: Verdict) -> None:
    desk = Desk(lite.app.context, "listener")
    mail = IncomingMail("ada@example.org", FROM, letter(FROM))
    lite.relay.answers = [Outcome(verdict, 451, "451 later")]
    assert await desk.receive(mail) is Receipt.LATER
    assert await desk.receive(mail) is Receipt.TAKEN
    assert await desk.receive(mail) is Receipt.TAKEN
    assert len(forwarded(lite)) == 2


async def test_what_the_owner_refuses_is_refused_and_is_an_alarm(lite: World) -> None:
    desk = Desk(lite.app.context, "listener")
    lite.relay.answers = [Outcome(Verdict.REFUSED, 550, "550 no such owner")]
    mail = IncomingMail("ada@example.org", FROM, letter(FROM))
    assert await desk.receive(mail) is Receipt.REFUSED
    [alarm] = [a for a in await list_alarms(lite.app.context) if a.key == "intake/forwarding"]
    assert "550 no such owner" in alarm.text


async def test_a_flood_of_letters_is_put_off_and_none_of_it_lost(lite: World) -> None:
    took = [(await take(lite, letter(FROM, f"hello {n}"), FROM)).took for n in range(14)]
    assert took == [Took.FORWARDED] * 10 + [Took.LATER] * 4
    lite.clock.set(lite.now + timedelta(hours=1))
    assert (await take(lite, letter(FROM, "hello 13"), FROM)).took is Took.FORWARDED


async def test_a_complaint_that_nothing_proves_is_for_the_operator_to_read(lite: World) -> None:
    taken = await take(lite, complaint("abuse@papers.example"), "abuse@papers.example")
    assert taken.took is Took.FORWARDED
    assert await standing(lite) == READS


async def test_without_anybody_to_read_it_mail_of_people_is_refused(tmp_path: Path) -> None:
    async with mailed(tmp_path, sqlite(tmp_path), bounces={}) as world:
        to = await stamp(world)
        desk = Desk(world.app.context, "listener")
        assert await desk.receive(IncomingMail(ADDRESS, to, letter(to))) is Receipt.REFUSED
        assert not desk.expects(FROM)
        assert desk.expects(to)
        assert forwarded(world) == []


async def test_only_addresses_of_ours_are_expected(lite: World) -> None:
    context, to = lite.app.context, await stamp(lite)
    host = "@bounces.papers.example"
    expected = {
        to: Role.RETURN_PATH,
        to.upper(): Role.RETURN_PATH,
        LEAVE: Role.UNSUBSCRIBE,
        FROM: Role.PEOPLE,
        "Digest+something@papers.example": Role.PEOPLE,
        f"postmaster{host}": Role.PEOPLE,
        "abuse@papers.example": Role.PEOPLE,
        OWNER: None,
        ADDRESS: None,
        f"b-{'a' * 24}{host}": None,
        to.replace(host, "@elsewhere.example"): None,
        f"anybody{host}": None,
        "postmaster": None,
        "": None,
    }
    assert {address: role_of(context, address) for address in expected} == expected
    lite.clock.set(lite.now + timedelta(days=31))
    assert role_of(context, to) is None


async def test_an_owner_behind_the_from_address_is_written_to_in_the_digest(
    tmp_path: Path,
) -> None:
    mail = VERP | {"reply_to": "The owner <owner@papers.example>"}
    async with mailed(tmp_path, sqlite(tmp_path), mail=mail, bounces={}) as world:
        sent = message_from_bytes(world.relay.messages[0].data, policy=policy.default)
        assert sent["Reply-To"] == "owner@papers.example"
        assert leave_uri(world)[0] == "owner@papers.example"
        assert (await take(world, letter(FROM), FROM)).took is Took.FORWARDED
        assert forwarded(world)[0].envelope_to == "owner@papers.example"


async def test_a_subaddress_of_from_is_a_return_path_as_well(tmp_path: Path) -> None:
    mail = {"from": FROM, "bounces": "plus"}
    async with mailed(tmp_path, sqlite(tmp_path), mail=mail) as world:
        to = world.relay.messages[0].envelope_from
        assert to.startswith("digest+b-")
        assert role_of(world.app.context, to) is Role.RETURN_PATH
        assert (await take(world, dsn(to), to)).effect is Effect.SUPPRESSED
