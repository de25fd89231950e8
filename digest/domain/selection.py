"""Which papers stand in one digest: the decision that everyone with the same history shares."""

from collections.abc import Sequence
from dataclasses import dataclass

from digest.domain.ranking import Ranked
from digest.domain.sentences import Sentence


@dataclass(frozen=True, slots=True)
class TopicOrder:
    """A reader's topic and the pool's papers that match it, best first."""

    name: str
    ranked: tuple[Ranked, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One chosen paper: its bit, the heading it stands under, and why it matched."""

    bit: int
    topic: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Selected:
    """What a digest holds. ``choices`` is empty when ``empty`` says why there is no mail.

    ``matched`` counts what matched any topic, ``already_seen`` those left out because the reader
    has had them, ``fresh`` the unseen ones that are news since the reader's last edition.
    """

    choices: tuple[Choice, ...]
    matched: int
    already_seen: int
    fresh: int
    empty: Sentence | None = None

    @property
    def empty_reason(self) -> str:
        """Why there is no mail, in English, as the ledger keeps it; or ""."""
        return str(self.empty or "")


@dataclass(frozen=True, slots=True)
class _Placed:
    order: int  # place of the topic in the reader's list
    ranked: Ranked


def select(
    topics: Sequence[TopicOrder], seen: int, fresh: int, maximum: int, minimum: int
) -> Selected:
    """Return the digest for one (topic set, seen set, length, minimum).

    Only fresh papers count towards ``minimum``; too few of them make no mail. With enough of them
    every topic gets its best paper first, then the minimum of fresh ones is filled, then whatever
    ranks best, leftovers included. A paper stands once, under the first topic it matches.
    """
    placed = _place(topics)
    unseen = {bit: p for bit, p in placed.items() if not seen >> bit & 1}
    matched, already = len(placed), len(placed) - len(unseen)
    news = [p for bit, p in unseen.items() if fresh >> bit & 1]
    wanted = wanted_papers(minimum, maximum)
    if len(news) < wanted:
        reason = empty_sentence(matched, already, len(news), wanted)
        return Selected((), matched, already, len(news), reason)
    chosen = _choose(list(unseen.values()), news, len(topics), maximum, wanted)
    chosen.sort(key=lambda p: (p.order, p.ranked.key))
    choices = tuple(Choice(p.ranked.bit, topics[p.order].name, p.ranked.why) for p in chosen)
    return Selected(choices, matched, already, len(news))


def _place(topics: Sequence[TopicOrder]) -> dict[int, _Placed]:
    placed: dict[int, _Placed] = {}
    for order, topic in enumerate(topics):
        for ranked in topic.ranked:
            placed.setdefault(ranked.bit, _Placed(order, ranked))
    return placed


def _choose(
    unseen: list[_Placed], news: list[_Placed], topics: int, maximum: int, wanted: int
) -> list[_Placed]:
    best = sorted(unseen, key=lambda p: p.ranked.key)
    chosen: dict[int, _Placed] = {}
    if topics <= maximum - wanted:  # a floor of one place a topic, where there is room for it
        for placed in best:
            if all(placed.order != other.order for other in chosen.values()):
                chosen[placed.ranked.bit] = placed
    fresh_bits = {p.ranked.bit for p in news}
    missing = wanted - len(fresh_bits & chosen.keys())
    for placed in sorted(news, key=lambda p: p.ranked.key):
        if missing > 0 and placed.ranked.bit not in chosen:
            chosen[placed.ranked.bit] = placed
            missing -= 1
    for placed in best:
        if len(chosen) >= maximum:
            break
        chosen.setdefault(placed.ranked.bit, placed)
    return list(chosen.values())


def wanted_papers(minimum: int, maximum: int) -> int:
    """Return how many fresh papers a mail needs, for a reader's minimum and length."""
    return max(1, min(minimum, maximum))


def empty_sentence(matched: int, already_seen: int, fresh: int, wanted: int) -> Sentence:
    """Return why there is no mail, from the figures that a selection keeps.

    ``wanted`` is `wanted_papers` of the reader's choices; with so many fresh papers there is mail.
    """
    if matched == 0:
        return Sentence("no paper of the window matches your topics")
    if matched == already_seen:
        return Sentence(
            "you have had the only paper that matches your topics",
            {"count": matched},
            "you have had all {count} papers that match your topics",
        )
    return Sentence(
        "{fresh} new of {matched} matching papers, and you asked for at least {count} paper",
        {"fresh": fresh, "matched": matched, "count": wanted},
        "{fresh} new of {matched} matching papers, and you asked for at least {count} papers",
    )
