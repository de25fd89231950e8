"""The tables of what readers ask for: sign-ups and their consent, limits, votes.

Beside `schema`, and part of the same metadata.
"""

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from digest.store.columns import UtcDateTime, id_column, metadata

# Who asked for what, when, and when the owner of the address said yes: the proof of consent. What
# a sign-up asks for is carried to the subscriber by its confirmation and not before.
signup = Table(
    "signup",
    metadata,
    id_column(),
    Column("subscriber_id", Integer, ForeignKey("subscriber.id"), nullable=False, index=True),
    Column("delivery_id", Integer, ForeignKey("delivery.id"), unique=True),
    Column("asked_at", UtcDateTime, nullable=False, index=True),
    Column("confirmed_at", UtcDateTime),
    Column("preferences", JSON, nullable=False),
    Column("origin", String(8), nullable=False),  # page, api, operator
)

# Token buckets of sign-up limits; the key is a keyed hash, so that no address stands here.
bucket = Table(
    "bucket",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("level", Float, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False, index=True),
)

# The log of what readers said of papers; nothing is overwritten, so that a profile can be replayed.
vote = Table(
    "vote",
    metadata,
    id_column(),
    Column("subscriber_id", Integer, ForeignKey("subscriber.id"), nullable=False),
    Column("paper_id", Integer, ForeignKey("paper.id"), nullable=False, index=True),
    Column("verdict", String(8), nullable=False),  # more, less, neither; save, unsave
    Column("topic", Text, nullable=False, server_default=""),
    Column("delivery_id", Integer, ForeignKey("delivery.id"), index=True),
    Column("voted_at", UtcDateTime, nullable=False),
    Index("ix_vote_reader", "subscriber_id", "id"),
)
