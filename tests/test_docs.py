"""The glossary and the decisions say what the code does."""

import re
from itertools import product
from pathlib import Path

import pytest

from digest.domain.deliveries import OPEN, State, may_follow
from digest.domain.subscribers import SubscriberState
from tests.house.sources import ROOT

DOCS = ROOT / "docs"
DECISIONS = sorted((DOCS / "adr").glob("[0-9]*.md"))


def glossary() -> str:
    return (DOCS / "glossary.md").read_text(encoding="utf-8")


def arrows_of_deliveries() -> set[tuple[str, str]]:
    """Return the arrows that the glossary's table of a delivery's states explains."""
    rows = re.findall(r"^\| ([A-Z]+|open|\(plan\)) → ([A-Z]+) \|", glossary(), re.MULTILINE)
    return {
        (before, after)
        for start, after in rows
        for before in ([state.name for state in OPEN] if start == "open" else [start])
    }


def test_every_arrow_that_the_ledger_allows_is_explained_and_no_other() -> None:
    allowed = {(a.name, b.name) for a, b in product(State, State) if may_follow(a, b)}
    explained = {arrow for arrow in arrows_of_deliveries() if arrow[0] != "(plan)"}
    assert explained == allowed


def test_every_state_can_be_reached() -> None:
    assert {after for _, after in arrows_of_deliveries()} == {state.name for state in State}


@pytest.mark.parametrize("state", list(SubscriberState))
def test_every_state_of_a_subscriber_is_in_the_glossary(state: SubscriberState) -> None:
    assert re.search(rf"^\| [^|]*→ {state.value} \|", glossary(), re.MULTILINE)


def test_each_word_is_explained_once() -> None:
    words = re.findall(r"^\| ([a-z][a-z, ]*) \|", glossary(), re.MULTILINE)
    defined = [word for word in words if word not in {"word", "arrow"}]
    assert len(defined) >= 30
    assert sorted(defined) == sorted(set(defined))


def test_decisions_are_numbered_without_gaps_and_listed() -> None:
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    index = (DOCS / "adr" / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in DECISIONS if f"({path.name})" not in index] == []


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: str(path.stem))
def test_a_decision_tells_its_context_its_price_and_what_was_turned_down(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings[:4] == ["Context", "Decision", "Consequences", "Alternatives"]
    assert text.count("\n- ") >= 5
