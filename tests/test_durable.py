"""Files that outlive a crash: lines are whole or not there, a replaced file is old or new."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest import durable

texts = st.text(
    st.characters(exclude_characters="\n", exclude_categories=["Cs"]), min_size=1, max_size=30
)


@given(before=st.lists(texts, max_size=4), after=st.lists(texts, min_size=1, max_size=3))
def test_lines_are_read_as_written_and_a_torn_one_spoils_no_other(
    tmp_path_factory: pytest.TempPathFactory, before: list[str], after: list[str]
) -> None:
    path = tmp_path_factory.mktemp("journal") / "lines"
    if before:
        durable.append_lines(path, before)
    whole = path.read_bytes() if before else b""
    path.write_bytes(whole + b"torn")
    assert durable.read_lines(path) == before
    durable.append_lines(path, after)
    assert durable.read_lines(path) == [*before, "torn", *after]
    assert path.stat().st_mode & 0o777 in (0o600, 0o644)


def test_half_a_character_is_written_as_an_escape_and_keeps_no_line_from_the_disk(
    tmp_path: Path,
) -> None:
    durable.append_lines(tmp_path / "lines", ["a\udcffb", "c"])
    assert durable.read_lines(tmp_path / "lines") == ["a\\udcffb", "c"]


def test_without_a_file_there_are_no_lines_and_nothing_to_remove(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    assert durable.read_lines(path) == []
    durable.remove(path)
    durable.append_lines(path, ["a"])
    assert path.stat().st_mode & 0o777 == 0o600
    durable.remove(path)
    assert not path.exists()


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "marker"
    durable.replace_whole(path, "one\n")
    durable.replace_whole(path, "two\n")
    assert path.read_text() == "two\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["marker"]
    path.unlink()
    path.mkdir()  # what cannot be replaced stays, and the draft goes
    with pytest.raises(OSError, match="director"):
        durable.replace_whole(path, "three\n")
    assert [entry.name for entry in tmp_path.iterdir()] == ["marker"]


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full here")
    (tmp_path / "lines").symlink_to(full)
    with pytest.raises(OSError, match="No space"):
        durable.append_lines(tmp_path / "lines", ["a"])
