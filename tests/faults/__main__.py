"""`make faults`: every fault at its whole size, and the table of docs/operating.md.

Words of the command line choose scenarios whose names hold one of them; ``--write`` brings what was
run into the table of the page, and leaves its other rows.
"""

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

os.environ["FAULTS_SCALE"] = "whole"

from digest.logs import configure_logging
from tests.faults.kills import Fate
from tests.faults.scenarios import Scenario, scenarios

PAGE = Path(__file__).parents[2] / "docs" / "operating.md"
BEGIN, END = "<!-- faults: made by `make faults` -->", "<!-- faults end -->"
HEAD = (
    "| fault | database | messages | faults | lost | copies too many | held | done after |",
    "|---|---|--:|--:|--:|--:|--:|--:|",
)


def row(scenario: Scenario, fate: Fate) -> str:
    """Return a line of the table."""
    cells = (
        *(fate.name, scenario.database, f"{fate.messages:,}", fate.faults, fate.lost),
        *(fate.duplicates, fate.held, f"{fate.recovered_s:.0f} s"),
    )
    return "| " + " | ".join(map(str, cells)) + " |"


def write_rows(rows: Sequence[str]) -> None:
    """Bring rows into the page's table, in the order of the scenarios."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    table, _, after = rest.partition(END)
    known = {_key(line): line for line in (*table.splitlines(), *rows)}
    ordered = [
        known[key] for key in (f"| {s.name} | {s.database} " for s in scenarios()) if key in known
    ]
    text = "\n".join((*HEAD, *ordered))
    PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")


def _key(line: str) -> str:
    """Return what names a row: the fault and the database."""
    return "|".join(line.split("|")[:3])


def main(words: list[str]) -> int:
    """Run the scenarios; return 1 where one broke its promise."""
    configure_logging("json", "error", sys.stderr)
    named = [word for word in words if not word.startswith("--")]
    chosen = [s for s in scenarios() if not named or any(w in s.name for w in named)]
    rows, broken = [], 0
    print(*HEAD, sep="\n", flush=True)
    for scenario in chosen:
        started = time.monotonic()
        fate = asyncio.run(scenario.run())
        kept = not (fate.lost or fate.changed or fate.duplicates > scenario.most_duplicates)
        broken += not kept
        rows.append(row(scenario, fate))
        took = time.monotonic() - started
        print(rows[-1], "" if kept else "BROKEN", file=sys.stdout, flush=True)
        print(f"  {took:.0f} s, changed {fate.changed}", file=sys.stderr, flush=True)
    if "--write" in words:
        write_rows(rows)
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
