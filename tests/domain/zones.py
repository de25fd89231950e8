"""A zone in memory, for decisions that ask the DNS."""

from collections.abc import Mapping
from typing import TypeVar

from digest.domain.dns_questions import Asking, DnsAnswer, Question, Sort

T = TypeVar("T")
Zone = Mapping[tuple[Sort, str], tuple[str, ...]]


def settle(questions: Asking[T], zone: Zone, silent: str = "") -> tuple[T, list[Question]]:
    """Lead a decision to its end; return it with what was asked. ``silent`` is never answered."""
    asked: list[Question] = []
    try:
        question = next(questions)
        while True:
            asked.append(question)
            found = zone.get((question.sort, question.name), ())
            failure = "SERVFAIL" if question.name == silent else ""
            question = questions.send(DnsAnswer(() if failure else found, failure))
    except StopIteration as end:
        return end.value, asked


def texts(**by_name: str) -> dict[tuple[Sort, str], tuple[str, ...]]:
    """Return TXT records; ``a__example`` is a.example."""
    return {(Sort.TXT, name.replace("__", ".")): (text,) for name, text in by_name.items()}
