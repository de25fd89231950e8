"""A group of commands whose modules are loaded when they are said, so that each starts quickly."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from digest.cli.loading import loading


class LazyGroup(TyperGroup):
    """Finds each command in the module that `places` names for it: ``module:attribute``.

    The attribute is a function, which becomes a command, or an app of typer's, a group. Only the
    list of all commands (``--help``) loads everything. Typer keeps a click of its own, whose
    types it does not give out.
    """

    places: dict[str, str] = {}  # noqa: RUF012  set once, by the subclass

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the commands in the order in which they are shown."""
        del ctx
        return list(self.places)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command, its module loaded now; None for a name that is none."""
        if cmd_name in self.places and cmd_name not in self.commands:
            self.commands[cmd_name] = _load(cmd_name, self.places[cmd_name])
        return super().get_command(ctx, cmd_name)


def _load(name: str, place: str) -> Any:
    module, _, attribute = place.partition(":")
    with loading():
        found = getattr(import_module(f"digest.cli.{module}"), attribute)
    holder = typer.Typer(add_completion=False, callback=lambda: None)
    if isinstance(found, typer.Typer):
        holder.add_typer(found, name=name)
    else:
        holder.command(name=name)(found)
    built = typer.main.get_command(holder)
    assert isinstance(built, TyperGroup)
    return built.commands[name]
