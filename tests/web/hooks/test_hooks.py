"""The raw hook by real requests: who may post, and what it does."""

from pathlib import Path

import pytest

from tests.intake.installation import (
    BARRED,
    READS,
    sqlite,
    stamp,
    standing,
)
from tests.intake.letters import dsn, letter
from tests.web.hooks.hooked import (
    TOKEN,
    Hooked,
    hooked,
)

AUTHORIZED = {"authorization": f"Bearer {TOKEN}", "content-type": "message/rfc822"}


async def test_a_raw_mail_is_taken_in_and_posting_it_twice_is_harmless(both: Hooked) -> None:
    to = await stamp(both.world)
    for _ in range(2):
        assert await both.post("", content=dsn(to), headers=AUTHORIZED) == 204
    assert await standing(both.world) == BARRED


async def test_a_mail_in_a_form_and_an_address_beside_it_do_too(site: Hooked) -> None:
    to = await stamp(site.world)
    bearer = {"authorization": f"Bearer {TOKEN}"}
    raw = dsn("somebody@papers.example")
    file = {"message": ("mail.eml", raw, "message/rfc822")}
    assert await site.post("", files=file, headers=bearer) == 204
    assert await standing(site.world) == READS
    assert await site.post("", files=file, headers=bearer, params={"to": to}) == 204
    assert await standing(site.world) == BARRED


@pytest.mark.parametrize("token", ["", "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer ü"])
async def test_without_the_token_nothing_is_taken(site: Hooked, token: str) -> None:
    headers = {"authorization": token.encode()} if token else {}
    assert await site.post("", content=dsn(await stamp(site.world)), headers=headers) == 401
    assert await standing(site.world) == READS


async def test_a_body_over_the_limit_nothing_and_a_persons_mail_are_refused(site: Hooked) -> None:
    large = dsn(await stamp(site.world)) + b"x" * 1_100_000
    assert await site.post("", content=large, headers=AUTHORIZED) == 413
    assert await site.post("", content=b"", headers=AUTHORIZED) == 400
    person = letter("digest@papers.example")
    assert await site.post("", content=person, headers=AUTHORIZED) == 422


async def test_hooks_that_are_not_set_up_do_not_exist(tmp_path: Path) -> None:
    async with hooked(tmp_path, sqlite(tmp_path), {}) as bare:
        for path in ("", "/ses", "/postmark", "/mailgun", "/sendgrid", "/other"):
            assert await bare.post(path, content=b"{}", headers=AUTHORIZED) == 404
