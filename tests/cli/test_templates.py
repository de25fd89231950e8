"""`digest templates`: what is there, what works, and a start for one's own."""

from pathlib import Path

import pytest

from tests.cli.running import Cli
from tests.looks.folders import write


@pytest.fixture
def digest(tmp_path: Path) -> Cli:
    """Give a folder whose settings name a folder of templates, which is not there yet."""
    made = Cli(tmp_path)
    text = made.config.read_text("utf-8")
    made.config.write_text(f'templates_dir = "looks"\n{text}', "utf-8")
    return made


def test_without_a_folder_everything_is_built_in_and_nothing_can_be_copied(tmp_path: Path) -> None:
    digest = Cli(tmp_path)
    rows = digest("templates", "check", "--json").rows
    assert {row["state"] for row in rows} == {"built-in"}
    assert {"email/digest/body.html", "web/home.html"} <= {row["name"] for row in rows}
    assert "templates_dir is not set" in digest("templates", "copy", "web/home.html", code=2).err


def test_a_lost_folder_is_told(digest: Cli) -> None:
    told = digest("templates", "check", code=1).out
    assert "cannot be read: No such file or directory" in told
    assert "→ correct templates_dir in the settings" in told


def test_a_copy_is_a_start_and_is_never_written_over(digest: Cli) -> None:
    made = digest("templates", "copy", "email/digest/card.html")
    path = digest.folder / "looks" / "email" / "digest" / "card.html"
    assert "digest templates check" in made.out
    assert "card.title_html" in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8") + "<!-- mine -->", "utf-8")
    again = digest("templates", "copy", "email/digest/card.html", code=2).err
    assert "is there already" in again
    assert path.read_text("utf-8").endswith("<!-- mine -->")
    wrong = digest("templates", "copy", "email/digest/cart.html", code=2).err
    assert "did you mean email/digest/card.html?" in wrong
    out = digest("templates", "copy", "../digest.toml", code=2).err
    assert "there is no template" in out
    [row] = [r for r in digest("templates", "check", "--json").rows if r["path"]]
    assert (row["name"], row["state"]) == ("email/digest/card.html", "override")


def test_each_file_that_fails_is_told_with_its_place_and_what_to_do(digest: Cli) -> None:
    write(
        digest.folder / "looks",
        {
            "email/digest/body.html": "one\n{{ nosuch }}",
            "web/mesage.html": "x",
            "web/left.html": '{% include "mine/part.html" %}',
            "web/mine/part.html": "part",
            "web/assets/logo.svg": "<svg/>",
            "README.md": "notes",
        },
    )
    rows = {row["name"]: row for row in digest("templates", "check", "--json", code=1).rows}
    own = {name: row["state"] for name, row in rows.items() if row["state"] != "built-in"}
    assert own == {
        "email/digest/body.html": "fails",
        "web/left.html": "override",
        "web/mine/part.html": "added",
        "web/assets/logo.svg": "added",
        "web/mesage.html": "unknown",
    }
    assert rows["email/digest/body.html"]["line"] == 2
    assert "did you mean web/message.html?" in rows["web/mesage.html"]["reason"]
    told = digest("templates", "check", code=1).out
    assert "looks/email/digest/body.html, line 2\n  'nosuch' is undefined\n" in told
    assert "the built-in one is used until then" in told
    doctor = digest("doctor", "--only", "templates", "--json", code=1).row
    assert (doctor["level"], "line 2: 'nosuch'" in doctor["found"]) == ("red", True)
    (digest.folder / "looks" / "email" / "digest" / "body.html").unlink()
    (digest.folder / "looks" / "web" / "mesage.html").unlink()
    digest("templates", "check")
    assert digest("doctor", "--only", "templates", "--json").row["level"] == "green"


def test_the_doctor_has_no_line_where_nothing_is_overridden(tmp_path: Path) -> None:
    digest = Cli(tmp_path)
    assert "there is no check 'templates'" in digest("doctor", "--only", "templates", code=2).err


def test_what_python_cannot_read_is_a_fault_like_any_other(digest: Cli) -> None:
    files: dict[str, str | bytes] = {
        "web/left.html": "{{ " + "9" * 5000 + " }}",
        "email/digest/card.txt": "{{ " + "(" * 5000 + " }}",
    }
    write(digest.folder / "looks", files)
    rows = digest("templates", "check", "--json", code=1).rows
    assert {row["name"] for row in rows if row["state"] == "fails"} == files.keys()
