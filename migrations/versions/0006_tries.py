"""Add what each try of a mail came to.

Revision ID: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Carry the database one revision on."""
    op.add_column("delivery", sa.Column("tries", sa.JSON(), nullable=True))
