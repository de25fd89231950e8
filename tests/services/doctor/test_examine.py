"""A round as a whole: each check bounded, none ends it, and nothing is changed by looking."""

import asyncio
import time
from dataclasses import replace
from pathlib import Path

import pytest

from digest.domain.checkups import Level
from digest.domain.dns_questions import DnsAnswer, Question
from digest.mail.directory import DnsDirectory
from digest.ports import RelayFinding, TxtAnswer
from digest.services.doctor.examine import (
    NoSuchCheckError,
    checks_of,
    chosen_of,
    examine,
    group_of,
)
from tests.intake.installation import sqlite
from tests.services.doctor.clinic import clinic, level, line
from tests.web.site import open_site


class Raising:
    """A directory that breaks."""

    async def txt(self, name: str) -> TxtAnswer:
        raise RuntimeError(f"no {name} today")

    async def answer(self, question: Question) -> DnsAnswer:
        raise RuntimeError(f"no {question.name} today")


async def test_a_check_that_raises_is_a_red_line(tmp_path: Path) -> None:
    async with clinic(tmp_path) as one:
        found = await line(replace(one, directory=Raising()), "spf")
    assert found.level is Level.RED
    assert "RuntimeError: no papers.example today" in found.found


async def test_a_check_that_hangs_is_a_red_line_in_time(tmp_path: Path) -> None:
    async def hang(name: str) -> RelayFinding:
        await asyncio.sleep(60)
        raise AssertionError(name)

    async with clinic(tmp_path) as one:
        began = time.monotonic()
        found = await line(replace(one, try_relay=hang, patience_s=0.2), "relay/default")
    assert (found.level, "within 0.2 s" in found.found) == ("red", True)
    assert time.monotonic() - began < 10


async def test_a_round_has_every_line_in_order_and_changes_nothing(tmp_path: Path) -> None:
    async with open_site(tmp_path, sqlite(tmp_path)) as site:
        before = await site.rows()
        async with clinic(tmp_path, base_url="http://127.0.0.1:9") as one:
            lines = await examine(one)
            settings = one.context.settings
            names = [check.name for check in checks_of(settings)]
        assert await site.rows() == before
    assert [line.name for line in lines] == names
    assert len(names) == len(set(names))
    assert all(one.remedy for one in lines if one.level in (Level.RED, Level.YELLOW))
    assert {group_of(one.name, settings) for one in lines} >= {"relays", "web", "sending"}


async def test_some_are_chosen_by_name_or_kind(tmp_path: Path) -> None:
    async with clinic(tmp_path) as one:
        checks = checks_of(one.context.settings)
        assert [c.name for c in chosen_of(checks, ["relay", "disk"])] == ["disk", "relay/default"]
        assert chosen_of(checks, []) == checks
        with pytest.raises(NoSuchCheckError, match="'liver'"):
            await examine(one, ["liver"])
        assert await level(one, "queue") == "green"


def test_a_nameserver_is_an_address() -> None:
    with pytest.raises(ValueError, match="dns"):
        DnsDirectory("dns.example")
