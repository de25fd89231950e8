"""Identity on real listings: real pairs with their ids hidden, and copies made worse on purpose."""

import gzip
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import chain, islice
from pathlib import Path

import pytest

from digest.domain.identifiers import title_key
from digest.domain.identity import IdentityIndex, Match, Record, Rule, compare, dedupe
from tests.shared_data import shared_data

# Submitted to arXiv twice by their authors, with the same text or title and other numbers.
TWICE_ON_ARXIV = {
    frozenset({"2605.04720", "2605.06802"}),
    frozenset({"2509.13879", "2509.13888"}),
}


def lines_of(path: Path) -> Iterator[dict[str, object]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def record_of(item: dict[str, object]) -> Record:
    authors = item.get("authors") or []
    assert isinstance(authors, list)
    names = tuple(str(a["name"] if isinstance(a, dict) else a) for a in authors)
    return Record(str(item["title"]), str(item["summary"]), names, str(item["id"]))


def hidden(record: Record) -> Record:
    return replace(record, arxiv_id=None)


@cache
def arxiv() -> dict[str, Record]:
    """Return the papers of the 14 days and some of the archive, by id."""
    days = sorted(shared_data("arxiv/daily").glob("*.gz"))
    archive = shared_data("arxiv/archive/2025-09_2025-10.jsonl.gz")
    found: dict[str, Record] = {}
    for item in chain(*map(lines_of, days), islice(lines_of(archive), 1500)):
        found.setdefault(str(item["id"]), record_of(item))
    return found


@cache
def hugging_face() -> dict[str, Record]:
    """Return the items of the 20 days and some of the months before, by arXiv id."""
    history = shared_data("huggingface/history_2026-01_2026-04.jsonl.gz")
    found = {str(item["id"]): record_of(item) for item in islice(lines_of(history), 300)}
    for path in sorted(shared_data("huggingface/daily").glob("*.gz")):
        for item in json.loads(gzip.decompress(path.read_bytes())):
            found[item["paper"]["id"]] = record_of(item["paper"])
    return found


@pytest.fixture(scope="module")
def index() -> IdentityIndex:
    built = IdentityIndex()
    for number, record in enumerate(arxiv().values()):
        built.add(number, record)
    return built


def test_hugging_face_items_without_ids_find_their_arxiv_paper_and_no_other(
    index: IdentityIndex,
) -> None:
    numbers = {identifier: n for n, identifier in enumerate(arxiv())}
    right = wrong = 0
    rules = set()
    pairs = sum(identifier in numbers for identifier in hugging_face())
    for identifier, record in hugging_face().items():
        found = index.find(hidden(record))
        if isinstance(found, Match):
            right += found.key == numbers.get(identifier)
            wrong += found.key != numbers.get(identifier)
            rules.add(found.rule)
    assert Rule.TITLE in rules
    assert rules <= {Rule.TITLE, Rule.ABSTRACT, Rule.TITLE_ABSTRACT}
    assert pairs > 150
    assert wrong == 0
    assert right / pairs >= 0.98


def test_papers_with_other_ids_do_not_match_when_the_ids_are_hidden() -> None:
    index = IdentityIndex()
    merged = set()
    some = dict(list(arxiv().items())[:2000])
    names = list(some)
    for number, (identifier, record) in enumerate(some.items()):
        found = index.find(hidden(record))
        if found is not None:
            keys = [found.key] if isinstance(found, Match) else list(found.keys)
            merged |= {frozenset({identifier, names[key]}) for key in keys}
        index.add(number, hidden(record))
    assert merged <= TWICE_ON_ARXIV


def test_the_trending_list_holds_203_papers() -> None:
    lines = shared_data("trending.jsonl").read_text(encoding="utf-8").splitlines()
    records = [Record(item["title"], item["abstract"]) for item in map(json.loads, lines)]
    assert [a.line for a in dedupe(records) if a.rule] == []
    twins = [record for record in records if "multiheadmixtureofexperts" in title_key(record.title)]
    assert len(twins) == 2
    assert compare(*twins) is None


def words_of(text: str, share: float) -> str:
    words = text.split()
    return " ".join(words[: int(len(words) * share)])


def reworded(record: Record) -> str:
    words = record.title.split()
    return (
        " ".join(["Towards", *words[1:-1], "Revisited"]) if len(words) > 3 else record.title + "s"
    )


COPIES: dict[str, Callable[[Record], Record]] = {
    "upper case": lambda r: replace(r, title=r.title.upper()),
    "line breaks": lambda r: replace(r, title=r.title.replace(" ", "\n  "), abstract=""),
    "TeX": lambda r: replace(r, title=r.title.replace("e", r"{\'e}", 1), authors=()),
    "accents": lambda r: replace(r, title=r.title.replace("a", "ä").replace("o", "ó")),
    "cut abstract": lambda r: replace(r, abstract=words_of(r.abstract, 0.3) + " …", authors=()),
    "tag": lambda r: replace(r, title=f"[R] {r.title} (CVPR 2026)", authors=r.authors[:1]),
    "names turned": lambda r: replace(
        r, abstract="", authors=tuple(re.sub(r"^(.*) (\S+)$", r"\2, \1", a) for a in r.authors)
    ),
    "one letter": lambda r: replace(r, title=r.title + "s", abstract=words_of(r.abstract, 0.5)),
    "new title": lambda r: replace(r, title=reworded(r), abstract=words_of(r.abstract, 0.8)),
    "renamed": lambda r: replace(r, title="An Altogether Different Name", authors=r.authors[:3]),
}


@pytest.mark.parametrize("name", COPIES)
def test_a_worsened_copy_finds_its_paper(index: IdentityIndex, name: str) -> None:
    chosen = random.Random(7).sample(list(enumerate(arxiv().values())), 60)
    right = wrong = 0
    for number, record in chosen:
        found = index.find(COPIES[name](hidden(record)))
        if isinstance(found, Match):
            right += found.key == number
            wrong += found.key != number
    assert wrong == 0
    assert right >= 0.95 * len(chosen)


TRAPS: dict[str, Callable[[Record, Record], Record]] = {
    "same title, other paper": lambda a, b: replace(b, title=a.title),
    "same title and no authors": lambda a, b: replace(b, title=a.title, authors=()),
    "sequel": lambda a, b: replace(a, title=a.title + " II", abstract=b.abstract),
    "sequel that recalls the first": lambda a, b: replace(
        a, title=a.title + " V2", abstract=words_of(a.abstract, 0.5) + b.abstract
    ),
    "same authors, other paper": lambda a, b: replace(b, authors=a.authors),
    "a generic title": lambda _, b: replace(b, title="A Survey"),
}


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_is_not_merged(name: str) -> None:
    chosen = [hidden(r) for r in random.Random(8).sample(list(arxiv().values()), 600)]
    wrong = 0
    for a, b in zip(chosen[::2], chosen[1::2], strict=True):
        first = replace(a, title="A Survey") if name == "a generic title" else a
        wrong += compare(first, TRAPS[name](a, b)) is not None
    assert wrong == 0
