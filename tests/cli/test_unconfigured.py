"""Without any configuration the commands work: the defaults are an installation."""

from pathlib import Path

from tests.cli.running import Cli


def test_the_first_commands_work_before_anything_is_configured(tmp_path: Path) -> None:
    digest = Cli(tmp_path)
    (tmp_path / "digest.toml").write_text("", "utf-8")
    assert "revision" in digest("db", "upgrade").out
    assert "is reader 1" in digest("subscribers", "add", "root@localhost").out
    assert "root@localhost" in digest("subscribers", "list").out
