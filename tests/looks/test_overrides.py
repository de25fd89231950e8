"""An operator's folder: what is read, what is refused, and that nothing in it stops a start."""

import os
from pathlib import Path

import pytest

from digest.looks.overrides import (
    FOLDER,
    MOST_TEMPLATE,
    builtin_names,
    is_known_place,
    read_overrides,
)
from digest.resources import templates_dir
from tests.looks.folders import overrides, write


def test_files_are_known_by_their_path_and_hidden_ones_are_left_out(tmp_path: Path) -> None:
    found = overrides(
        tmp_path,
        {
            "email/digest/body.html": "one",
            "web/style/50-own.css": "two",
            "web/assets/logo.png": b"\x89PNG\xff",
            "web/.base.html.swp": "no",
            "web/base.html~": "no",
            "README.md": "no",
            "email/digest/notes": "strange",
            "web/inbox/base.html": "of the demo",
        },
    )
    assert set(found.files) == {
        "email/digest/body.html",
        "web/style/50-own.css",
        "web/assets/logo.png",
    }
    assert found.files["email/digest/body.html"].text == "one"
    assert found.files["web/assets/logo.png"].body == b"\x89PNG\xff"
    assert set(found.strange) == {"email/digest/notes", "web/inbox/base.html"}
    assert found.faults == ()
    assert set(found.of("web")) == set()
    assert set(found.under("web/style/")) == {"50-own.css"}


def test_no_folder_gives_no_overrides_and_a_lost_one_a_fault(tmp_path: Path) -> None:
    assert read_overrides(None).files == {}
    assert read_overrides(None).faults == ()
    [fault] = read_overrides(tmp_path / "lost").faults
    assert fault.name == FOLDER
    assert "lost cannot be read: No such file" in fault.reason


def test_what_cannot_be_read_is_a_fault_with_its_reason(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "web/base.html": b"fine\nbut \xff not",
            "web/home.html": b"x" * (MOST_TEMPLATE + 1),
            "web/bom.html": b"\xef\xbb\xbfkept",
        },
    )
    (tmp_path / "web" / "left.html").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "web" / "pipe.html")
    found = read_overrides(tmp_path)
    told = {fault.name: (fault.line, fault.reason) for fault in found.faults}
    assert told == {
        "web/base.html": (2, "is not UTF-8 (byte 9)"),
        "web/home.html": (0, "is larger than 1 MB"),
        "web/left.html": (0, "cannot be read: No such file or directory"),
    }
    assert {name: one.text for name, one in found.files.items()} == {"web/bom.html": "kept"}
    assert str(found.faults[0]) == "web/base.html, line 2: is not UTF-8 (byte 9)"


def test_a_folder_that_leads_back_to_itself_ends(tmp_path: Path) -> None:
    write(tmp_path, {"web/base.html": "one"})
    (tmp_path / "web" / "again").symlink_to(tmp_path)
    assert "web/base.html" in read_overrides(tmp_path).files


@pytest.mark.parametrize("changed", ["email/digest/card.html", "email/_base/mail.css"])
def test_the_hash_of_mails_changes_with_their_files_alone(tmp_path: Path, changed: str) -> None:
    first = overrides(tmp_path, {"email/digest/card.html": "1", "email/_base/mail.css": "1"})
    web = overrides(tmp_path, {"web/base.html": "1"})
    assert first.digest("email") == web.digest("email")
    second = overrides(tmp_path, {changed: "2"})
    assert second.digest("email") != first.digest("email")
    broken = overrides(tmp_path, {changed: b"\xff"})
    assert broken.digest("email") not in (first.digest("email"), second.digest("email"))
    assert read_overrides(None).digest("email") == b""


def test_every_built_in_template_may_be_overridden() -> None:
    names = builtin_names(templates_dir())
    assert {"email/digest/body.html", "web/base.html", "web/style/10-base.css"} <= set(names)
    assert all(is_known_place(name) for name in names)
    left = {
        path.relative_to(templates_dir()).as_posix()
        for path in templates_dir().rglob("*")
        if path.is_file()
    } - set(names)
    assert {name.split("/")[0] + "/" + name.split("/")[1] for name in left} == {
        "locale/de.po",
        "locale/fr.po",
        "web/inbox",
    }
