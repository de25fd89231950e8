"""The parts of one program, and whether each lives: quickly told, for whoever asks it all day.

The web is asked by HTTP. The scheduler and the sender say in a file of data_dir that they live;
the database is left out of it, for a database that is away is no reason to start them anew.
"""

import os
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from digest.settings import HttpSettings, Settings, SettingsError, load_settings

ALIVE_S = 10  # between two words
LONGEST_SILENCE_S = 60.0
_PATIENCE_S = 5.0
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  looked up, not bound


class Part(StrEnum):
    """What `digest run` consists of."""

    WEB = "web"
    SCHEDULER = "scheduler"
    SENDER = "sender"


EVERY_PART = frozenset(Part)


@dataclass(frozen=True, slots=True)
class PartHealth:
    """Whether a part lives, and what was seen of it."""

    part: Part
    lives: bool
    found: str


def say_alive(data_dir: Path, part: Part) -> None:
    """Note that a part lives; raises OSError where the disk refuses."""
    path = _path_of(data_dir, part)
    try:
        os.utime(path)  # needs no room on a disk that is full
    except FileNotFoundError:
        path.touch(mode=0o600)


def say_gone(data_dir: Path, part: Part) -> None:
    """Note that a part was stopped."""
    with suppress(OSError):  # its silence says the same, later
        _path_of(data_dir, part).unlink(missing_ok=True)


def examine(settings: Settings, parts: Iterable[Part]) -> list[PartHealth]:
    """Look at parts of this machine, in their order."""
    wanted = set(parts)
    return [_look(settings, part) for part in Part if part in wanted]


def told(seen: Iterable[PartHealth]) -> str:
    """Return a line for each part."""
    return "".join(
        f"{one.part}: {'lives' if one.lives else 'does not live'}; it {one.found}\n" for one in seen
    )


def answer_quickly(words: Sequence[str]) -> tuple[int, str] | None:
    """Return exit code and text of ``healthcheck [--only PART]...``: 0 all live, 1 one does not.

    None leaves words that need more than that, and settings that are wrong, to the command line.
    """
    flags, names = words[0::2], words[1::2]
    if len(flags) != len(names) or any(flag != "--only" for flag in flags):
        return None
    try:
        seen = examine(load_settings(), {Part(name) for name in names} or EVERY_PART)
    except (ValueError, SettingsError):
        return None
    return (0 if all(one.lives for one in seen) else 1), told(seen)


def _look(settings: Settings, part: Part) -> PartHealth:
    lives, found = _ask(settings.http) if part is Part.WEB else _hear(settings.data_dir, part)
    return PartHealth(part, lives, found)


def _hear(data_dir: Path, part: Part) -> tuple[bool, str]:
    try:
        silence = abs(time.time() - _path_of(data_dir, part).stat().st_mtime)
    except OSError:
        return False, "has not said that it lives"
    return silence <= LONGEST_SILENCE_S, f"said {silence:.0f} s ago that it lives"


def _ask(http: HttpSettings) -> tuple[bool, str]:
    connection = HTTPConnection(_ANYWHERE.get(http.host, http.host), http.port, timeout=_PATIENCE_S)
    try:
        connection.request("GET", "/readyz")
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        return False, f"does not answer: {error}"
    finally:
        connection.close()
    return status == 200, f"answers {status}"


def _path_of(data_dir: Path, part: Part) -> Path:
    return data_dir / f"{part}.alive"
