"""`digest healthcheck`: whether the parts of this machine live, for whoever restarts them."""

import typer

from digest.cli.common import Exit, JsonOption, out, print_json_lines
from digest.cli.running import OnlyOption
from digest.parts import EVERY_PART, examine, told
from digest.settings import load_settings


def healthcheck(only: OnlyOption = None, json: JsonOption = False) -> None:
    """Tell whether the parts that run here live: exit 0 all do, 1 one does not.

    The web is asked for /readyz; scheduler and sender have said within a minute that they live.
    """
    seen = examine(load_settings(), only or EVERY_PART)
    if json:
        print_json_lines(seen)
    else:
        out.print(told(seen), end="", markup=False, soft_wrap=True)
    raise typer.Exit(Exit.DONE if all(one.lives for one in seen) else Exit.FAILED)
