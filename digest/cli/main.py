"""The commands, and how their failures end: one line that says what to do, and an exit code."""

import sys
from typing import Annotated

import typer

from digest import __version__
from digest.bootstrap import RehearsalError
from digest.cli import (
    bounces,
    database,
    demonstration,
    dkim,
    doctor,
    inspecting,
    intake,
    operating,
    papers,
    people,
    rehearsing,
    relays,
    running,
    topics,
)
from digest.cli.common import Exit, UsageError, err
from digest.domain.catalogue import TopicError
from digest.domain.preferences import PreferenceError
from digest.domain.query import QuerySyntaxError
from digest.locking import LockedError
from digest.secrets import SecretError
from digest.services.subscriptions import SubscriptionError
from digest.settings import SettingsError
from digest.store.database import DatabaseBroken, DatabaseDown
from digest.store.migrate import MigrationError

app = typer.Typer(
    name="digest",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Trending research papers of each reader's own topics, in their inbox once a day.",
)
for module in (running, rehearsing, demonstration, inspecting, doctor, operating):
    module.register(app)
intake.register(bounces.app)
app.add_typer(topics.app, name="topics")
app.add_typer(papers.app, name="papers")
app.add_typer(people.app, name="subscribers")
app.add_typer(relays.app, name="relays")
app.add_typer(operating.held_app, name="held")
app.add_typer(operating.alarms_app, name="alarms")
app.add_typer(bounces.app, name="bounces")
app.add_typer(dkim.app, name="dkim")
app.add_typer(database.app, name="db")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"paper-digest {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    del version


def main() -> None:
    """Run the command line; every expected failure is one sentence and an exit code."""
    try:
        app()
    except (SettingsError, UsageError, RehearsalError, PreferenceError, TopicError) as error:
        _end(str(error), Exit.USAGE)
    except QuerySyntaxError as error:
        _end(f"{error.message}\n{error.pointer()}", Exit.USAGE)
    except (SubscriptionError, SecretError, MigrationError, *operating.REFUSALS) as error:
        _end(str(error), Exit.FAILED)
    except LockedError as error:
        _end(str(error), Exit.LATER)
    except DatabaseDown as error:
        _end(
            f"the database does not answer: {error.orig}; check database_url and the server, "
            "then try again",
            Exit.LATER,
        )
    except DatabaseBroken as error:
        _end(f"the database cannot be used: {error.orig}; restore a backup", Exit.FAILED)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has left, which is no failure of ours
        raise SystemExit(Exit.DONE) from None
    except OSError as error:
        named = f"{error.filename}: " if error.filename else ""
        _end(f"{named}{error.strerror or error}", Exit.FAILED)


def _end(sentence: str, code: Exit) -> None:
    err.print(sentence, style="red", markup=False, soft_wrap=True)
    raise SystemExit(code)
