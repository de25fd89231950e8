"""The tables of the operators: their accounts and sessions, what they did, sources, link counts.

Beside `schema`, and part of the same metadata.
"""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    false,
)

from digest.store.columns import UtcDateTime, id_column, metadata

# Whoever may open /admin: by password and one-time code, or as an OpenID provider's subject. A
# change of either raises the generation, which ends every session of before.
admin_account = Table(
    "admin_account",
    metadata,
    id_column(),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False, unique=True),
    Column("password_hash", Text),
    Column("totp_sealed", Text),  # the shared secret, encrypted by the installation's own
    Column("totp_step", Integer),  # of the last code: none is taken twice
    Column("recovery", JSON, nullable=False),  # hashes of codes that stand in once
    Column("subject", Text, unique=True),  # "ISSUER SUB" of OpenID Connect
    Column("generation", Integer, nullable=False, server_default="0"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),
)

# The key is a hash of what the cookie holds: whoever reads the database cannot sign in by it.
admin_session = Table(
    "admin_session",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("account_id", Integer, ForeignKey("admin_account.id"), nullable=False, index=True),
    Column("generation", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    Column("agent", Text, nullable=False, server_default=""),
)

# What operators did, by page or command; nothing in it is ever changed.
audit = Table(
    "audit",
    metadata,
    id_column(),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("actor", Text, nullable=False),
    Column("action", String(48), nullable=False),
    Column("object", Text, nullable=False, index=True),
    Column("detail", JSON, nullable=False),
)

# Sources that an operator added beside those of the settings (``settings``, as in the TOML file),
# and sources of either kind that are paused.
operator_source = Table(
    "operator_source",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("settings", JSON),
    Column("paused", Boolean, nullable=False, server_default=false()),
    Column("updated_at", UtcDateTime, nullable=False),
)

# How often a paper's link was opened from mails, where the operator counts that; nobody's name.
link_open = Table(
    "link_open",
    metadata,
    Column("day", Date, primary_key=True),
    Column("paper_id", Integer, ForeignKey("paper.id"), primary_key=True),
    Column("count", Integer, nullable=False),
)
