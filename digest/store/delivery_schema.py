"""The tables of delivery beside the ledger: sums, bounces, the pace of relays, providers, alarms.

Beside `schema`, and part of the same metadata.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from digest.store.columns import UtcDateTime, id_column, metadata

# What an edition's pruned rows add up to: with those that are left they are what was planned.
edition_total = Table(
    "edition_total",
    metadata,
    Column("edition_id", Integer, ForeignKey("edition.id"), primary_key=True),
    Column("state", String(12), primary_key=True),
    Column("reason", Text, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("repeated", Integer, nullable=False),  # handed over again after a lost answer
    Column("rewritten", Integer, nullable=False),  # and in other bytes
)

# A bounce or a complaint is a record of its own: it never changes a delivery that was SENT, nor
# what its reader has seen. The fingerprint makes a report that comes twice count once.
bounce = Table(
    "bounce",
    metadata,
    id_column(),
    Column("subscriber_id", Integer, ForeignKey("subscriber.id"), nullable=False),
    Column("delivery_id", Integer, ForeignKey("delivery.id"), index=True),
    Column("kind", String(10), nullable=False),  # bounce, complaint
    Column("hard", Boolean, nullable=False),
    Column("status", String(12), nullable=False),  # RFC 3463, "" where none was given
    Column("reason", String(24), nullable=False),
    Column("said", Text, nullable=False),  # what the other side wrote, in a line
    Column("origin", String(16), nullable=False),  # session, listener, imap, pop3, hook, ses, ...
    Column("fingerprint", String(64), nullable=False, unique=True),
    Column("received_at", UtcDateTime, nullable=False, index=True),
    Index("ix_bounce_reader", "subscriber_id", "received_at"),
)

# Token buckets shared by every process: of a relay ("relay/NAME"), and of a mailbox provider
# through it ("relay/NAME/PROVIDER"). ``rate`` is in messages a second.
throttle = Table(
    "throttle",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("rate", Float, nullable=False),
    Column("level", Float, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("paused_until", UtcDateTime),
    Column("clean_since", UtcDateTime, nullable=False),
    Column("first_on", Date, nullable=False),  # the first day of the warm-up
    Column("sent_on", Date, nullable=False),
    Column("sent", Integer, nullable=False),  # on that day
    Column("strikes", Integer, nullable=False),  # throttling replies since it was calm
)

# How the relays fare, as the process that sends told last: for those who look from outside.
relay = Table(
    "relay",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("paused_until", UtcDateTime),
    Column("trouble", Text, nullable=False),
    Column("told_at", UtcDateTime, nullable=False),
)

# Who takes mail for a domain, by its MX records (RFC 5321 section 5.1).
provider = Table(
    "provider",
    metadata,
    Column("domain", String(255), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("looked_up_at", UtcDateTime, nullable=False, index=True),
)

# What an operator has to know; one row a trouble, however often it comes.
alarm = Table(
    "alarm",
    metadata,
    Column("key", String(100), primary_key=True),
    Column("text", Text, nullable=False),
    Column("raised_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("count", Integer, nullable=False),
    Column("cleared_at", UtcDateTime),
    Column("mailed_at", UtcDateTime),  # when the operator was written to about it
)

# A heartbeat row a process; what its owner held is swept when the lease is over.
worker = Table(
    "worker",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("started_at", UtcDateTime, nullable=False),
    Column("heartbeat_at", UtcDateTime, nullable=False),
)
