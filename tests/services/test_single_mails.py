"""The mails that are no digest: what their links may do, and what they tell of their reader."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import update

from digest.domain.deliveries import Kind, State
from digest.domain.tokens import Purpose, read_token
from digest.services.compose import Composer, CompositionError
from digest.store import deliveries
from digest.store.schema import subscriber
from tests.store.ledger_rows import add_row, states
from tests.world import World, open_world

OLD, NEW = "ada@old.example", "ada@new.example"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Give an installation with one reader, who has German mails."""
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    mail = {"from": "digest@papers.example", "reply_to": "owner@papers.example"}
    rest = {"first_at_once": False}
    async with open_world(tmp_path, url, mail=mail, digest=rest) as opened:
        await opened.add_reader(OLD, "routing", language="de")
        yield opened


async def sent(world: World, kind: Kind, **columns: str) -> EmailMessage:
    """Queue a mail of a kind for the reader, send it, and return it parsed."""
    columns = {"language": "de"} | columns
    row = await add_row(world.app.database, 1, kind=kind, planned_at=world.now,
                        next_try_at=world.now, **columns)  # fmt: skip
    await world.send()
    assert (await states(world.app.database))[row] is State.SENT
    return message_from_bytes(world.relay.messages[-1].data, policy=policy.default)


def text(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def purposes(world: World, message: EmailMessage) -> set[tuple[str, Purpose]]:
    """Return each path of a mail's links with what its token is for."""
    found = set()
    for path, token in re.findall(r"/digest/([a-z]+)/([\w-]{52})", text(message)):
        claims = read_token(world.app.context.token_keys, token)
        assert claims is not None
        found.add((path, claims.purpose))
    return found


@pytest.mark.parametrize(
    ("kind", "opened"),
    [
        (Kind.PREFERENCES_LINK, {("preferences", Purpose.MANAGE)}),
        (
            Kind.ALREADY_SUBSCRIBED,
            {("preferences", Purpose.MAIL), ("unsubscribe", Purpose.MAIL)},
        ),
        (Kind.ADDRESS_CHANGE, {("confirm", Purpose.CONFIRM)}),
        (Kind.ADDRESS_CHANGED_NOTICE, set()),
    ],
)
async def test_the_links_of_a_mail_may_do_what_it_is_for_and_no_more(
    world: World, kind: Kind, opened: set[tuple[str, Purpose]]
) -> None:
    message = await sent(world, kind)
    assert purposes(world, message) == opened
    assert message["Content-Language"] == "de"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "https://papers.example/digest/privacy" in text(message).splitlines()


async def test_a_confirmation_confirms(world: World) -> None:
    await world.add_reader("new@reader.example", "routing", confirmed=False, language="fr")
    await world.send()
    message = message_from_bytes(world.relay.messages[-1].data, policy=policy.default)
    assert message["To"] == "new@reader.example"
    assert purposes(world, message) == {("confirm", Purpose.CONFIRM)}
    assert message["Subject"].startswith("Confirmez votre abonnement")


async def test_the_old_address_is_told_the_masked_new_one_and_whom_to_write_to(
    world: World,
) -> None:
    async with world.app.database.write() as connection:
        await connection.execute(update(subscriber).values(address=NEW, address_key=NEW))
    message = await sent(world, Kind.ADDRESS_CHANGED_NOTICE, address=OLD)
    assert message["To"] == OLD
    assert "a***@new.example" in text(message)
    assert NEW not in world.relay.messages[-1].data.decode()
    assert "owner@papers.example" in text(message)


async def test_a_mail_on_request_tells_that_its_link_works_for_an_hour(world: World) -> None:
    assert "Der Link gilt 1 Stunde." in text(await sent(world, Kind.PREFERENCES_LINK))
    assert "Der Link gilt 48 Stunden." in text(await sent(world, Kind.ADDRESS_CHANGE))


async def test_the_same_row_is_the_same_bytes(world: World) -> None:
    for kind in (Kind.PREFERENCES_LINK, Kind.ADDRESS_CHANGED_NOTICE):
        row = await add_row(world.app.database, 1, kind=kind)
        async with world.app.database.read() as connection:
            found = await deliveries.find_delivery(connection, row)
        assert found is not None
        messages = []
        for _ in range(2):
            composer = Composer(world.app.context)
            await composer.prepare([found])
            messages.append(composer.compose(found).message)
        assert messages[0] == messages[1]


async def test_a_notice_about_nobody_is_set_aside(world: World) -> None:
    row = await add_row(world.app.database, 1, kind=Kind.ADDRESS_CHANGED_NOTICE)
    async with world.app.database.read() as connection:
        found = await deliveries.find_delivery(connection, row)
    assert found is not None
    gone = replace(found, subscriber_id=99)
    composer = Composer(world.app.context)
    await composer.prepare([gone])
    with pytest.raises(CompositionError):
        composer.compose(gone)
