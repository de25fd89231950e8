"""${message}

Rules: add columns with a server default; name every constraint by the convention in
digest/store/schema.py; on SQLite change tables through batch_alter_table (foreign keys are off
while migrations run, and are checked afterwards); re-create expression indexes by hand; never edit
a revision that a release carried; extend the upgrade test with rows of the revision before.
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Carry the database one revision on."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Refuse: going back is done by restoring the backup made before the upgrade."""
    raise RuntimeError("restore the backup that was made before this upgrade")
