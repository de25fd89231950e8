"""What a part says of its life, and what is told of it."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.responses import Response
from hypothesis import given
from hypothesis import strategies as st

from digest.parts import (
    EVERY_PART,
    LONGEST_SILENCE_S,
    Part,
    answer_quickly,
    examine,
    say_alive,
    say_gone,
)
from digest.settings import Settings
from digest.web.serving import serve
from tests.house.sources import ROOT


def settings_of(folder: Path, port: int = 9, host: str = "127.0.0.1") -> Settings:
    return Settings.model_validate({"data_dir": folder, "http": {"host": host, "port": port}})


def lives(folder: Path, part: Part) -> bool:
    [seen] = examine(settings_of(folder), [part])
    return seen.lives


@pytest.mark.parametrize("part", [Part.SCHEDULER, Part.SENDER])
def test_a_part_lives_from_its_word_until_its_silence_or_its_end(
    tmp_path: Path, part: Part
) -> None:
    assert not lives(tmp_path, part)
    say_alive(tmp_path, part)
    assert lives(tmp_path, part)
    [file] = tmp_path.iterdir()
    then = time.time() - LONGEST_SILENCE_S - 5
    os.utime(file, (then, then))
    assert not lives(tmp_path, part)
    say_alive(tmp_path, part)
    assert lives(tmp_path, part)
    say_gone(tmp_path, part)
    say_gone(tmp_path, part)
    assert not lives(tmp_path, part)


def test_a_part_tells_nothing_of_another(tmp_path: Path) -> None:
    say_alive(tmp_path, Part.SENDER)
    seen = examine(settings_of(tmp_path), EVERY_PART)
    assert [(one.part, one.lives) for one in seen] == [
        (Part.WEB, False),
        (Part.SCHEDULER, False),
        (Part.SENDER, True),
    ]


@pytest.mark.parametrize(("status", "wanted"), [(200, True), (503, False)])
async def test_the_web_lives_where_it_is_ready(tmp_path: Path, status: int, wanted: bool) -> None:
    app = FastAPI()

    @app.get("/readyz")
    def ready() -> Response:
        return Response(status_code=status)

    async with serve(app) as port:
        for host in ("127.0.0.1", "0.0.0.0"):
            words = ["--only", "web"]
            env = os.environ | {
                "PYTHONPATH": str(ROOT),
                "DIGEST_HTTP__PORT": str(port),
                "DIGEST_HTTP__HOST": host,
            }
            ran = await run_healthcheck(words, tmp_path, env)
            assert ran.returncode == (0 if wanted else 1)
            assert ran.stdout == (
                f"web: {'lives' if wanted else 'does not live'}; it answers {status}\n"
            )


async def run_healthcheck(
    words: list[str], folder: Path, env: dict[str, str]
) -> "subprocess.CompletedProcess[str]":
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "digest", "healthcheck", *words],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_quick_answer_loads_little(tmp_path: Path) -> None:
    program = (
        "import sys, digest.__main__, digest.parts\n"
        "digest.parts.answer_quickly([])\n"
        "heavy = {'typer', 'sqlalchemy', 'fastapi', 'jinja2', 'rich'} & sys.modules.keys()\n"
        "sys.exit(', '.join(sorted(heavy)) or 0)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")


@given(st.lists(st.sampled_from(["--only", "--json", "--help", "x", "", "weeb"]), min_size=1))
def test_what_is_no_plain_question_is_left_to_the_command_line(words: list[str]) -> None:
    assert answer_quickly(words) is None


@given(st.lists(st.sampled_from(["scheduler", "sender"]), min_size=1))
def test_each_part_that_is_asked_for_is_told_once(names: list[str]) -> None:
    words = [word for name in names for word in ("--only", name)]
    answer = answer_quickly(words)
    assert answer is not None
    code, text = answer
    assert code == 1
    assert sorted(line.partition(":")[0] for line in text.splitlines()) == sorted(set(names))


def test_wrong_settings_are_told_by_the_command_line(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "digest", "healthcheck"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "DIGEST_HTTP__PROT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 2
    assert "port" in ran.stderr
