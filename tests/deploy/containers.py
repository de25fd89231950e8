"""What containers are told: their variables as the settings' own loader reads them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from typer.testing import CliRunner

from digest.cli import app
from digest.settings import Settings, load_settings

SECRETS = {
    "secret_key": "k" * 48,
    "relay_password": "a password",
    "database_url": "postgresql://digest:word@postgres/digest",
}


def settings_from(variables: Mapping[str, str], secrets: str, folder: Path) -> Settings:
    """Return the settings of a container whose secrets are mounted at ``secrets``.

    Each of its files is laid into ``folder``; raises SettingsError for what is no setting.
    """
    for name, text in SECRETS.items():
        (folder / name).write_text(f"{text}\n", "utf-8")
    moved = {
        name: value.replace(secrets, str(folder)) if name.endswith("_FILE") else value
        for name, value in variables.items()
    }
    return load_settings(moved)


def variables_of(file: Path) -> dict[str, str]:
    """Return the variables of an env file."""
    lines = file.read_text("utf-8").splitlines()
    pairs = [line.partition("=") for line in lines if line and not line.startswith("#")]
    return {name: value for name, _, value in pairs}


def is_command(words: Sequence[str]) -> bool:
    """Return whether `digest` knows a command and its options."""
    ran = CliRunner().invoke(app, [*words, "--help"])
    return ran.exit_code == 0 and "Usage:" in ran.output
