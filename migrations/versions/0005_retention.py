"""Add what retention needs: the sums of pruned editions, and indexes on what points to old rows.

Revision ID: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# a row that goes is looked for in each table that may name it: without an index, row by row
_NAMED_BY = (
    ("vote", "delivery_id"),
    ("selection", "topic_set_id"),
    ("selection", "seen_set_id"),
    ("selection", "next_seen_set_id"),
    ("subscriber", "topic_set_id"),
)


def upgrade() -> None:
    """Carry the database one revision on."""
    op.create_table(
        "edition_total",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("rewritten", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_edition_total_edition_id_edition")
        ),
        sa.PrimaryKeyConstraint("edition_id", "state", "reason", name=op.f("pk_edition_total")),
    )
    for table, column in _NAMED_BY:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
