"""Tests of the day table in the terminal."""

import io

from rich.console import Console

from digest.demo.table import DayRow, render_table


def printed(*rows: DayRow) -> str:
    out = io.StringIO()
    Console(file=out, width=80, color_system=None).print(render_table(rows))
    return out.getvalue()


def test_the_table_has_a_line_for_each_reader_and_day() -> None:
    out = printed(
        DayRow("2026-05-04", "ada@b.example", "Asia/Tokyo", 41, 12, 3, 7, ""),
        DayRow("2026-05-05", "ada@b.example", "Asia/Tokyo", 63, 15, 7, 5, ""),
    )
    lines = [line.split() for line in out.splitlines() if line.startswith("2026")]
    assert lines == [
        ["2026-05-04", "ada@b.example", "Asia/Tokyo", "41", "12", "3", "7"],
        ["2026-05-05", "ada@b.example", "Asia/Tokyo", "63", "15", "7", "5"],
    ]


def test_brackets_in_an_address_or_a_reason_are_no_markup() -> None:
    out = printed(DayRow("2026-05-04", "[red]@b", "UTC", 1, 0, 0, 0, "[b]too few[/c]"))
    assert "[red]@b" in out
    assert "[b]too few[/c]" in out
