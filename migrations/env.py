"""Runs the migrations on the connection that `digest.store.migrate` hands over.

From a checkout, `alembic revision --autogenerate` builds a throw-away database to compare with.
"""

from alembic import context
from sqlalchemy import Connection, create_engine

from digest.store.tables import metadata


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    with create_engine("sqlite:///build/autogenerate.sqlite3").connect() as opened:
        _run(opened)
