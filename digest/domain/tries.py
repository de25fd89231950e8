"""The transcript of a mail that was not taken at once: what each try came to, the latest ones.

It is for whoever looks into one mail. The ledger keeps it as JSON beside the row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

KEPT = 20  # tries; a relay that stays down would fill a row for ever
LONGEST = 300  # characters of a reply


@dataclass(frozen=True, slots=True)
class Try:
    """One hand-over that no relay took, or of which nobody heard how it ended.

    ``at`` is when that was known; ``stage`` is where in the session it ended (`replies.Stage`), ""
    where that is not known; ``code`` is the SMTP reply code, None where there was no reply;
    ``reply`` is one line of what was said; ``outcome`` is what followed, in the words of the
    ledger's reasons.
    """

    at: datetime
    relay: str
    stage: str
    code: int | None
    reply: str
    outcome: str


def add_try(before: Sequence[Try], new: Try) -> tuple[Try, ...]:
    """Return the transcript with a try at its end: the `KEPT` latest, each text one line."""
    short = Try(
        new.at.astimezone(UTC),
        _line(new.relay)[:64],
        new.stage,
        new.code,
        _line(new.reply)[:LONGEST].rstrip(),
        new.outcome,
    )
    return (*before, short)[-KEPT:]


def to_json(tries: Sequence[Try]) -> list[dict[str, Any]]:
    """Return a transcript as JSON values, ``at`` as RFC 3339 has it in UTC."""
    return [
        {
            "at": one.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "relay": one.relay,
            "stage": one.stage,
            "code": one.code,
            "reply": one.reply,
            "outcome": one.outcome,
        }
        for one in tries
    ]


def from_json(held: Sequence[Mapping[str, Any]] | None) -> tuple[Try, ...]:
    """Return the transcript that `to_json` wrote; None is an empty one."""
    return tuple(
        Try(
            datetime.fromisoformat(one["at"]),
            one["relay"],
            one["stage"],
            one["code"],
            one["reply"],
            one["outcome"],
        )
        for one in held or ()
    )


def _line(text: str) -> str:
    """Return a text as one line: what cannot be printed, such as a line's end, is a blank."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
