"""`digest topics`: the operator's own, from the command line."""

from pathlib import Path

from tests.cli.running import Cli


def test_a_topic_is_added_changed_followed_and_retired(tmp_path: Path) -> None:
    digest = Cli(tmp_path)
    new = ("--name", "Graphs [ours]", "--group", "Lab", "--query", "graphs")
    assert digest("topics", "set", "ours", *new).out == "ours is in force, version 1.\n"
    changed = digest("topics", "set", "ours", "--query", "graphs OR nodes", "--json").row
    assert changed == {
        "slug": "ours",
        "name": "Graphs [ours]",
        "group": "Lab",
        "description": "",
        "query": "graphs OR nodes",
        "version": 2,
        "origin": "operator",
    }
    assert "Graphs [ours]" in digest("topics", "list").out
    assert digest("topics", "list", "--json").rows[-1] == changed
    digest("subscribers", "add", "ada@example.org", "--topic", "ours")
    people = "address,topic\nemmy@example.org,ours\n"
    digest("subscribers", "import", "-", stdin=people)
    assert digest("topics", "retire", "ours").out == "ours is out of use.\n"
    assert "ours" not in [row["slug"] for row in digest("topics", "list", "--json").rows]
    readers = digest("subscribers", "list", "--json").rows
    assert [[topic["query"] for topic in reader["topics"]] for reader in readers] == [
        ["graphs OR nodes"],
        ["graphs OR nodes"],
    ]


def test_what_cannot_be_a_topic_is_told_in_a_sentence(tmp_path: Path) -> None:
    digest = Cli(tmp_path)
    for args, words in (
        (("set", "ours"), "--name, --group and --query"),
        (("set", "OURS", "--name", "N", "--group", "G", "--query", "x"), "small letters"),
        (("set", "ours", "--name", "N", "--group", "G", "--query", "(x"), "parenthesis"),
        (("set", "mixture-of-experts", "--name", " "), "a name and a group"),
        (("retire", "nothing"), "no topic 'nothing'"),
    ):
        ran = digest("topics", *args, code=2)
        assert words in ran.err
        assert ran.out == ""
