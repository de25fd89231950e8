"""Runs every benchmark of this folder: prints a table and writes bench.json.

``python -m tests.benchmarks [WORD...]`` runs those whose module name contains a word. A benchmark
is a module ``bench_*.py`` with ``rows()``; each row holds name, value, unit, against,
against_value and ratio, both values measured in the same run.
"""

import importlib
import json
import sys
import traceback
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
OUTPUT = Path("bench.json")
COLUMNS = ("name", "value", "unit", "against", "against_value", "ratio")


def main(words: list[str]) -> int:
    """Run, print, write; return 1 if any benchmark failed or none was found."""
    names = [
        path.stem
        for path in sorted(FOLDER.glob("bench_*.py"))
        if not words or any(word in path.stem for word in words)
    ]
    found: list[dict[str, Any]] = []
    failed = [name for name in names if not _run(name, found)]
    print(table(found))
    OUTPUT.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    for name in failed:
        print(f"failed: {name}", file=sys.stderr)
    if not names:
        print("no benchmark has such a name", file=sys.stderr)
    return 1 if failed or not names else 0


def _run(name: str, found: list[dict[str, Any]]) -> bool:
    print(f"{name} ...", file=sys.stderr, flush=True)
    try:
        rows = importlib.import_module(f"tests.benchmarks.{name}").rows()
        found.extend({column: row[column] for column in COLUMNS} for row in rows)
    except Exception:  # noqa: BLE001 - one broken benchmark does not keep the others from running
        traceback.print_exc()
        return False
    return True


def table(rows: list[dict[str, Any]]) -> str:
    """Return the rows as aligned columns, numbers to the right."""
    cells = [COLUMNS, *(tuple(_cell(row[column]) for column in COLUMNS) for row in rows)]
    widths = [max(len(line[index]) for line in cells) for index in range(len(COLUMNS))]
    numeric = {COLUMNS.index(name) for name in ("value", "against_value", "ratio")}
    return "\n".join(
        "  ".join(
            cell.rjust(width) if index in numeric else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    )


def _cell(value: object) -> str:
    if isinstance(value, int | float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"
    return "" if value is None else str(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
