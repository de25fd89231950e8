"""Checkups: what the doctor found of one thing, how bad it is, and what to do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MEGABYTE, GIGABYTE = 10**6, 10**9
OFF_YELLOW, OFF_RED = timedelta(seconds=5), timedelta(seconds=60)
QUEUE_YELLOW, QUEUE_RED = timedelta(minutes=15), timedelta(minutes=60)
DISK_YELLOW, DISK_RED = GIGABYTE, 200 * MEGABYTE
BARRED_YELLOW, BARRED_RED = 0.02, 0.05
FEW = 50  # people; of fewer, a share says little
CERTIFICATE_YELLOW = timedelta(days=14)
_NOT_SENT = ("expired", "failed", "refused", "held")


class Level(StrEnum):
    """How bad it is; SKIPPED is for what does not apply here."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Checkup:
    """One line of the doctor. ``remedy`` says what to do, and is never empty on yellow or red.

    Raises ValueError for a yellow or red one without a remedy.
    """

    name: str
    level: Level
    found: str
    remedy: str = ""

    def __post_init__(self) -> None:
        if self.level in (Level.YELLOW, Level.RED) and not self.remedy:
            raise ValueError(f"{self.name} is {self.level} without a remedy")


def green(name: str, found: str) -> Checkup:
    """Return what is well."""
    return Checkup(name, Level.GREEN, found)


def yellow(name: str, found: str, remedy: str) -> Checkup:
    """Return what works and should be looked at."""
    return Checkup(name, Level.YELLOW, found, remedy)


def red(name: str, found: str, remedy: str) -> Checkup:
    """Return what does not work."""
    return Checkup(name, Level.RED, found, remedy)


def skipped(name: str, found: str) -> Checkup:
    """Return what does not apply; ``found`` says why."""
    return Checkup(name, Level.SKIPPED, found)


def graded(name: str, level: Level, found: str, remedy: str) -> Checkup:
    """Return a checkup whose remedy is told only where there is something to do."""
    return Checkup(name, level, found, remedy if level in (Level.YELLOW, Level.RED) else "")


def clock_level(offset: timedelta) -> Level:
    """Return how bad an offset of the clock is, in either direction: links and leases go by it."""
    return _beyond(abs(offset), OFF_YELLOW, OFF_RED)


def judge_clock(others: Mapping[str, timedelta], database: timedelta | None) -> Checkup:
    """Return how this machine's clock stands to those of web servers and of the database.

    An offset is positive where the other clock is ahead. Of the web servers the nearest counts: an
    answer out of a cache carries an old Date (RFC 9110 section 6.6.1).
    """
    told, level = [], Level.GREEN
    if others:
        name = min(others, key=lambda one: abs(others[one]))
        level = clock_level(others[name])
        told.append(f"{_apart(others[name])} {name}")
    if database is not None:
        level = worst(level, clock_level(database))
        told.append(f"{_apart(database)} the database")
    if not told:
        return skipped("clock", "no server answered to compare with")
    remedy = "let the machine keep time by NTP (`timedatectl set-ntp true`), the database's too"
    return graded("clock", level, ", ".join(told), remedy)


def _apart(offset: timedelta) -> str:
    seconds = offset.total_seconds()
    if abs(seconds) < 1:
        return "agrees with"
    return f"{in_words(abs(offset))} {'behind' if seconds > 0 else 'ahead of'}"


def judge_disk(name: str, where: str, free: int, *, failure: str = "") -> Checkup:
    """Return whether a folder can be written and has room; ``failure`` is what a write met."""
    if failure:
        return red(
            name,
            f"{where} cannot be written: {failure}",
            f"make {where} writable for the user that digest runs as, or free some space",
        )
    room = f"{free / GIGABYTE:.1f} GB" if free >= GIGABYTE else f"{free // MEGABYTE} MB"
    level = Level.GREEN if free >= DISK_YELLOW else Level.YELLOW
    return graded(
        name,
        Level.RED if free < DISK_RED else level,
        f"{room} free at {where}, and a write came through",
        "free some space, or move it to a larger disk: a full disk stops the sending",
    )


def judge_queue(oldest: datetime | None, due: int, now: datetime) -> Checkup:
    """Return how long the oldest mail waits that could have been sent."""
    if oldest is None:
        return green("queue", "nothing waits that is due")
    age = max(now - oldest, timedelta(0))
    mails = f"{due} mail is" if due == 1 else f"{due} mails are"
    return graded(
        "queue",
        _beyond(age, QUEUE_YELLOW, QUEUE_RED),
        f"{mails} due, the oldest for {in_words(age)}",
        "look at the relays and the sender above: `digest status` tells what holds the mails back",
    )


def judge_suppression(barred: int, mailed: int) -> Checkup:
    """Return whether too many of those who are mailed are barred by bounces and complaints."""
    if mailed == 0:
        return skipped("suppression", "nobody was mailed yet")
    share = barred / mailed
    found = f"{barred} of {mailed} readers are barred ({share:.1%})"
    level = Level.GREEN
    if share >= BARRED_YELLOW and barred > 1:
        level = Level.RED if share >= BARRED_RED and mailed >= FEW else Level.YELLOW
    return graded(
        "suppression",
        level,
        found,
        "`digest bounces list` shows why; turn on subscribe.refuse_disposable or proof_of_work if "
        "they are made-up addresses, and look whether providers block the sender",
    )


def judge_source(name: str, state: str, reason: str) -> Checkup:
    """Return how a source does that answers now, by the state that polling came to."""
    told = f"answers; {state}: {reason}" if reason else f"answers; {state}"
    if state == "stale":
        return yellow(name, told, "look at the source's own pages: it may have moved")
    if state == "broken":
        return red(
            name, told, "`digest collect` tells more; correct its address under [[sources]], or "
            "set enabled = false",
        )  # fmt: skip
    return green(name, told)


def judge_edition(states: Mapping[str, int], when: str) -> Checkup:
    """Return what became of the last edition that was due; ``when`` tells which it was."""
    sent, lost = states.get("sent", 0), sum(states.get(state, 0) for state in _NOT_SENT)
    words = ", ".join(f"{count} {state}" for state, count in sorted(states.items()) if count)
    level = Level.GREEN
    if lost:
        level = Level.YELLOW if sent > 9 * lost else Level.RED
    remedy = "`digest books` has the reason of each"
    return graded("last digest", level, f"{when}: {words or 'nobody was due'}", remedy)


def judge_templates(folder: str, bad: Sequence[str]) -> Checkup:
    """Return whether the operator's templates work; ``bad`` tells of each that does not."""
    if not bad:
        return green("templates", f"every mail and page renders with those in {folder}")
    more = f", and {len(bad) - 3} more" if len(bad) > 3 else ""
    return red(
        "templates",
        f"{'; '.join(bad[:3])}{more}",
        "correct the files, see that `digest templates check` finds nothing, then restart; "
        "built-in templates stand in until then",
    )


def judge_certificate(ends: datetime | None, now: datetime) -> tuple[str, str]:
    """Return words about the end of a certificate and a remedy where it is near; both may be ""."""
    if ends is None:
        return "", ""
    left = ends - now
    found = f"certificate until {ends:%Y-%m-%d}"
    if left >= CERTIFICATE_YELLOW:
        return found, ""
    return found, f"its certificate ends in {in_words(left)}: let its owner renew it"


def worst(*levels: Level) -> Level:
    """Return the worst of some levels; GREEN of none."""
    order = [Level.SKIPPED, Level.GREEN, Level.YELLOW, Level.RED]
    return max(levels, key=order.index, default=Level.GREEN)


def in_words(span: timedelta) -> str:
    """Return a span in the largest unit that tells it well."""
    seconds = max(span.total_seconds(), 0)
    for unit, name in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.0f} {name}"
    return f"{seconds:.0f} s"


def _beyond(span: timedelta, yellow_from: timedelta, red_from: timedelta) -> Level:
    if span >= red_from:
        return Level.RED
    return Level.YELLOW if span >= yellow_from else Level.GREEN
