"""Reads the table of replies: what systems answer, by what it means (``replies.txt``).

A section's head is ``[reason] hard`` or ``[reason] soft``, perhaps with the stage of the session
(``at RCPT``); each line below is a reply with that meaning. Replies that are standard texts stand
as servers give them; names and hosts are invented.
"""

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from digest.domain.replies import Stage
from digest.domain.reports import BounceReason

_HEAD = re.compile(r"\[([a-z ]+)\] (hard|soft)(?: at ([A-Z]+))?")


@dataclass
class Section:
    """Replies of one meaning, given at one stage (None: not told)."""

    reason: BounceReason
    hard: bool
    stage: Stage | None
    replies: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """A name for the section's test."""
        kind = "hard" if self.hard else "soft"
        return f"{self.reason}, {kind}" + (f", at {self.stage}" if self.stage else "")


@cache
def sections() -> list[Section]:
    """Return all sections of the table."""
    found: list[Section] = []
    for line in Path(__file__).with_name("replies.txt").read_text("utf-8").splitlines():
        if head := _HEAD.fullmatch(line):
            stage = Stage[head[3]] if head[3] else None
            found.append(Section(BounceReason(head[1]), head[2] == "hard", stage))
        elif line:
            found[-1].replies.append(line)
    return found
