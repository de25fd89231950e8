"""The folders that travel beside the package are found."""

from digest.resources import migrations_dir, templates_dir


def test_templates_and_migrations_are_found_in_a_checkout() -> None:
    assert (templates_dir() / "email").is_dir()
    assert (migrations_dir() / "env.py").is_file()
