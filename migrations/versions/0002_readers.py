"""Add what readers ask for: sign-ups, limits, votes, erasure, and a search over the papers.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Carry the database one revision on."""
    _add_columns()
    _add_tables()
    if op.get_bind().dialect.name == "sqlite":
        _add_search_of_sqlite()
    else:
        # the expression is repeated in digest/store/search.py, or the index is not used
        op.execute(
            "CREATE INDEX ix_paper_text ON paper "
            "USING gin (to_tsvector('english', title || ' ' || abstract))"
        )


def _add_columns() -> None:
    instant = sa.DateTime(timezone=True)
    # ADD COLUMN, and not a batch: nothing has to be copied
    op.add_column(
        "subscriber", sa.Column("feed_generation", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column("subscriber", sa.Column("suppression", sa.String(length=10), nullable=True))
    op.add_column("subscriber", sa.Column("erase_asked_at", instant, nullable=True))
    op.add_column(
        "topic",
        sa.Column("origin", sa.String(length=10), server_default="catalogue", nullable=False),
    )
    op.create_index(op.f("ix_mention_listed_at"), "mention", ["listed_at"])


def _add_tables() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "signup",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", instant, nullable=False),
        sa.Column("confirmed_at", instant, nullable=True),
        sa.Column("preferences", sa.JSON(), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], name=op.f("fk_signup_subscriber_id_subscriber")
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_signup_delivery_id_delivery")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signup")),
        sa.UniqueConstraint("delivery_id", name=op.f("uq_signup_delivery_id")),
    )
    op.create_index(op.f("ix_signup_subscriber_id"), "signup", ["subscriber_id"])
    op.create_index(op.f("ix_signup_asked_at"), "signup", ["asked_at"])
    op.create_table(
        "bucket",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("level", sa.Float(), nullable=False),
        sa.Column("updated_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_bucket")),
    )
    op.create_index(op.f("ix_bucket_updated_at"), "bucket", ["updated_at"])
    op.create_table(
        "vote",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("topic", sa.Text(), server_default="", nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column("voted_at", instant, nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], name=op.f("fk_vote_subscriber_id_subscriber")
        ),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_vote_paper_id_paper")),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_vote_delivery_id_delivery")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote")),
    )
    op.create_index(op.f("ix_vote_paper_id"), "vote", ["paper_id"])
    op.create_index("ix_vote_reader", "vote", ["subscriber_id", "id"])


def _add_search_of_sqlite() -> None:
    # An external-content index: the texts stand in `paper` alone, and triggers keep the two level.
    op.execute(
        "CREATE VIRTUAL TABLE paper_text USING fts5(title, abstract, content='paper', "
        "content_rowid='id', tokenize='porter unicode61 remove_diacritics 2')"
    )
    op.execute(
        "CREATE TRIGGER paper_text_added AFTER INSERT ON paper BEGIN "
        "INSERT INTO paper_text(rowid, title, abstract) "
        "VALUES (new.id, new.title, new.abstract); END"
    )
    op.execute(
        "CREATE TRIGGER paper_text_removed AFTER DELETE ON paper BEGIN "
        "INSERT INTO paper_text(paper_text, rowid, title, abstract) "
        "VALUES ('delete', old.id, old.title, old.abstract); END"
    )
    op.execute(
        "CREATE TRIGGER paper_text_changed AFTER UPDATE OF title, abstract ON paper "
        "WHEN old.title IS NOT new.title OR old.abstract IS NOT new.abstract BEGIN "
        "INSERT INTO paper_text(paper_text, rowid, title, abstract) "
        "VALUES ('delete', old.id, old.title, old.abstract); "
        "INSERT INTO paper_text(rowid, title, abstract) "
        "VALUES (new.id, new.title, new.abstract); END"
    )
    op.execute("INSERT INTO paper_text(paper_text) VALUES ('rebuild')")


def downgrade() -> None:
    """Refuse: going back is done by restoring the backup made before the upgrade."""
    raise RuntimeError("restore the backup that was made before this upgrade")
