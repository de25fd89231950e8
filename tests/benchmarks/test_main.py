"""The runner of the benchmarks, without running one."""

import json
from contextlib import chdir
from pathlib import Path

from tests.benchmarks.__main__ import main, table


def test_the_table_is_aligned_and_has_every_column() -> None:
    row = {
        "name": "matcher",
        "value": 12345.6,
        "unit": "papers/s",
        "against": "naive loop",
        "against_value": 3.14159,
        "ratio": 3929.8,
    }
    head, line = table([row]).splitlines()
    assert head.split() == list(row)
    assert line.split() == ["matcher", "12,346", "papers/s", "naive", "loop", "3.14", "3,930"]
    assert len(head) == len(line)


def test_a_name_that_no_benchmark_has_is_a_failure(tmp_path: Path) -> None:
    with chdir(tmp_path):
        assert main(["no such benchmark"]) == 1
        assert json.loads(Path("bench.json").read_text(encoding="utf-8")) == []
