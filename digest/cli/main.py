"""The commands, and how their failures end: one line that says what to do, and an exit code."""

import sys
from typing import Annotated

import typer

from digest import __version__
from digest.bootstrap import RehearsalError
from digest.cli.common import Exit, UsageError, err
from digest.cli.lazy import LazyGroup
from digest.domain.catalogue import TopicError
from digest.domain.operators import OperatorError
from digest.domain.preferences import PreferenceError
from digest.domain.query import QuerySyntaxError
from digest.locking import LockedError
from digest.secrets import SecretError
from digest.services.backup import BackupError
from digest.services.guard import RestoredError
from digest.services.held import HeldError
from digest.services.move import MoveError
from digest.services.resuming import ResumeError
from digest.services.source_changes import SourceError
from digest.services.subscriptions import SubscriptionError
from digest.settings import SettingsError
from digest.store.database import DatabaseBroken, DatabaseDown
from digest.store.migrate import MigrationError

_REFUSALS = (RestoredError, HeldError, ResumeError, SourceError)


class _Commands(LazyGroup):
    places = {  # noqa: RUF012
        "init": "initialising:init",
        "run": "running:run_command",
        "collect": "running:collect",
        "plan": "running:plan",
        "send": "running:send",
        "rehearse": "rehearsing:rehearse",
        "preview": "rehearsing:preview_command",
        "demo": "demonstration:demo",
        "status": "inspecting:status",
        "why": "inspecting:why",
        "doctor": "doctor:doctor",
        "settings": "inspecting:settings_command",
        "books": "operating:books",
        "resume": "operating:resume",
        "backup": "backing_up:backup",
        "restore": "backing_up:restore",
        "sources": "sources:app",
        "topics": "topics:app",
        "papers": "papers:app",
        "subscribers": "porting:app",
        "relays": "relays:app",
        "admin": "admin:app",
        "held": "operating:held_app",
        "alarms": "operating:alarms_app",
        "bounces": "suppressing:app",
        "audit": "auditing:app",
        "dkim": "dkim:app",
        "db": "database:app",
    }


app = typer.Typer(
    name="digest",
    cls=_Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Trending research papers of each reader's own topics, in their inbox once a day.",
)


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
    except (
        SubscriptionError,
        SecretError,
        MigrationError,
        BackupError,
        MoveError,
        OperatorError,
        *_REFUSALS,
    ) as error:
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
