"""What readers say of papers: a log that is only added to, and what it comes to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """What was said. ``neither`` and ``unsave`` take the others back."""

    MORE = "more"
    LESS = "less"
    NEITHER = "neither"
    SAVE = "save"
    UNSAVE = "unsave"


UNDO = {
    Verdict.MORE: Verdict.NEITHER,
    Verdict.LESS: Verdict.NEITHER,
    Verdict.SAVE: Verdict.UNSAVE,
}


@dataclass(frozen=True, slots=True)
class Vote:
    """One line of the log, under the paper's id of that day."""

    paper_id: int
    verdict: Verdict
    voted_at: datetime
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a reader thinks of a paper in the end: MORE, LESS or NEITHER, and saved since when."""

    liking: Verdict = Verdict.NEITHER
    saved_at: datetime | None = None

    def with_vote(self, vote: Vote) -> "Opinion":
        """Return the opinion after one more vote; one that repeats it changes nothing."""
        match vote.verdict:
            case Verdict.SAVE:
                return self if self.saved_at else replace(self, saved_at=vote.voted_at)
            case Verdict.UNSAVE:
                return replace(self, saved_at=None)
            case liking:
                return replace(self, liking=liking)


NO_OPINION = Opinion()


def opinions(votes: Iterable[Vote], survivors: Mapping[int, int]) -> dict[int, Opinion]:
    """Return what a log comes to, by surviving paper; ``survivors`` names those of merged ids.

    Votes come in the order of the log. Papers about which everything was taken back are left out.
    """
    found: dict[int, Opinion] = {}
    for vote in votes:
        paper_id = survivors.get(vote.paper_id, vote.paper_id)
        found[paper_id] = found.get(paper_id, NO_OPINION).with_vote(vote)
    return {paper_id: opinion for paper_id, opinion in found.items() if opinion != NO_OPINION}


def saved(found: Mapping[int, Opinion]) -> list[int]:
    """Return the saved papers, the one saved last first."""
    dated = [(o.saved_at, paper_id) for paper_id, o in found.items() if o.saved_at is not None]
    return [paper_id for _, paper_id in sorted(dated, reverse=True)]
