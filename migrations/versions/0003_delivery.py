"""Add what delivery needs beside the ledger: bounces, throttles, providers, alarms.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Carry the database one revision on."""
    # ADD COLUMN, and not a batch: nothing has to be copied
    op.add_column("delivery", sa.Column("relay", sa.String(length=64), nullable=True))
    op.add_column(
        "delivery", sa.Column("submissions", sa.Integer(), server_default="0", nullable=False)
    )
    for name in ("uncertain", "rewritten"):
        op.add_column(
            "delivery", sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    _add_bounces()
    _add_pace()
    _add_alarms()


def _add_bounces() -> None:
    op.create_table(
        "bounce",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("hard", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], name=op.f("fk_bounce_subscriber_id_subscriber")
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_bounce_delivery_id_delivery")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounce")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_bounce_fingerprint")),
    )
    op.create_index(op.f("ix_bounce_delivery_id"), "bounce", ["delivery_id"])
    op.create_index(op.f("ix_bounce_received_at"), "bounce", ["received_at"])
    op.create_index("ix_bounce_reader", "bounce", ["subscriber_id", "received_at"])


def _add_pace() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "throttle",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("rate", sa.Float(), nullable=False),
        sa.Column("level", sa.Float(), nullable=False),
        sa.Column("updated_at", instant, nullable=False),
        sa.Column("paused_until", instant, nullable=True),
        sa.Column("clean_since", instant, nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("strikes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle")),
    )
    op.create_table(
        "relay",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("paused_until", instant, nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("told_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_relay")),
    )
    op.create_table(
        "provider",
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("looked_up_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_provider")),
    )
    op.create_index(op.f("ix_provider_looked_up_at"), "provider", ["looked_up_at"])


def _add_alarms() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "alarm",
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("raised_at", instant, nullable=False),
        sa.Column("last_at", instant, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("cleared_at", instant, nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_alarm")),
    )
