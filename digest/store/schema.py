"""The tables. Migrations build the database; a test holds the two against each other.

Instants are aware UTC (`UtcDateTime`), lists are JSON, seen sets are packed bytes.
"""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    true,
)

from digest.store.columns import UtcDateTime, id_column, metadata

meta = Table(
    "meta",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

source = Table(
    "source",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("state", String(8), nullable=False),
    Column("reason", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
)

feed = Table(
    "feed",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("url", Text, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("next_poll_at", UtcDateTime, nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("gone", Boolean, nullable=False, server_default=false()),
    Column("first_ok_at", UtcDateTime),
    Column("last_ok_at", UtcDateTime),
    Column("last_entry_at", UtcDateTime),
    Column("last_failure", Text),
    Column("failing_since", UtcDateTime),
    Column("last_dropped", JSON, nullable=False, server_default="{}"),
    Column("days", JSON, nullable=False, server_default="{}"),
)

paper = Table(
    "paper",
    metadata,
    id_column(),
    Column("title", Text, nullable=False),
    Column("title_key", Text, nullable=False, index=True),
    Column("url", Text, nullable=False),
    Column("abstract", Text, nullable=False, server_default=""),
    Column("authors", JSON, nullable=False),
    Column("arxiv_id", String(40)),
    Column("doi", Text),
    Column("categories", JSON, nullable=False),
    Column("keywords", JSON, nullable=False),
    Column("organization", Text),
    Column("pdf_url", Text),
    Column("code_url", Text),
    Column("published_at", UtcDateTime),
    Column("first_seen_at", UtcDateTime, nullable=False, index=True),
    Column("eligible_until", UtcDateTime, nullable=False, index=True),
    Column("offered", Boolean, nullable=False, server_default=true()),
    Column("merged_into", Integer, ForeignKey("paper.id"), index=True),
    Column("split_from", Integer, ForeignKey("paper.id"), index=True),
    Column("provenance", JSON, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False, index=True),
)

identity_key = Table(
    "identity_key",
    metadata,
    Column("kind", String(8), primary_key=True),
    Column("value", Text, primary_key=True),
    Column("paper_id", Integer, ForeignKey("paper.id"), nullable=False, index=True),
)

merge = Table(
    "merge",
    metadata,
    id_column(),
    Column("paper_id", Integer, ForeignKey("paper.id"), nullable=False, index=True),
    Column("other", Text, nullable=False),
    Column("rule", String(24), nullable=False),
    Column("score", Float, nullable=False),
    Column("reason", Text, nullable=False),
    Column("merged_at", UtcDateTime, nullable=False),
)

mention = Table(
    "mention",
    metadata,
    Column("paper_id", Integer, ForeignKey("paper.id"), primary_key=True),
    Column("source", String(64), primary_key=True),
    Column("listed_at", UtcDateTime, nullable=False, index=True),
    Column("last_listed_at", UtcDateTime, nullable=False),
    Column("url", Text, nullable=False),
)

signal = Table(
    "signal",
    metadata,
    Column("paper_id", Integer, ForeignKey("paper.id"), primary_key=True),
    Column("source", String(64), primary_key=True),
    Column("metric", String(16), primary_key=True),
    Column("taken_at", UtcDateTime, primary_key=True, index=True),
    Column("value", Float, nullable=False),
)

topic = Table(
    "topic",
    metadata,
    id_column(),
    Column("slug", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("topic_group", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("query_hash", String(64), nullable=False),
    Column("current", Boolean, nullable=False),
    # who wrote it: the catalogue that ships with the program never overwrites an operator's
    Column("origin", String(10), nullable=False, server_default="catalogue"),
    UniqueConstraint("slug", "version"),
)

topic_set = Table(
    "topic_set",
    metadata,
    id_column(),
    Column("hash", String(64), nullable=False, unique=True),
    Column("items", JSON, nullable=False),
)

seen_set = Table(
    "seen_set",
    metadata,
    id_column(),
    Column("hash", String(64), nullable=False, unique=True),
    Column("packed", LargeBinary, nullable=False),
)

subscriber = Table(
    "subscriber",
    metadata,
    id_column(),
    Column("address", Text, nullable=False),
    Column("address_key", Text, nullable=False, unique=True),
    Column("state", String(12), nullable=False),
    Column("state_reason", Text, nullable=False, server_default=""),
    Column("zone", String(64), nullable=False),
    Column("hour", Integer, nullable=False),
    Column("weekdays", Integer, nullable=False),
    Column("max_papers", Integer, nullable=False),
    Column("min_papers", Integer, nullable=False),
    Column("language", String(16), nullable=False),
    Column("extract", String(5), nullable=False),
    Column("topic_set_id", Integer, ForeignKey("topic_set.id"), nullable=False, index=True),
    Column("seen_set_id", Integer, ForeignKey("seen_set.id"), nullable=False, index=True),
    Column("fresh_since", UtcDateTime, nullable=False),
    Column("token_generation", Integer, nullable=False, server_default="0"),
    Column("feed_generation", Integer, nullable=False, server_default="0"),
    Column("suppression", String(10)),
    Column("erase_asked_at", UtcDateTime),
    Column("paused_until", Date),
    Column("at_once_on", Date),
    Column("created_at", UtcDateTime, nullable=False),
    Column("confirmed_at", UtcDateTime),
    Index(None, "zone", "hour"),
    Index("ix_subscriber_at_once", "at_once_on"),
)

slot = Table(
    "slot",
    metadata,
    Column("zone", String(64), primary_key=True),
    Column("hour", Integer, primary_key=True),
    Column("next_date", Date, nullable=False),
    Column("next_due_at", UtcDateTime, nullable=False, index=True),
)

edition = Table(
    "edition",
    metadata,
    id_column(),
    Column("zone", String(64), nullable=False),
    Column("hour", Integer, nullable=False),
    Column("local_date", Date, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("planned_at", UtcDateTime, nullable=False),
    Column("planned", Integer, nullable=False, server_default="0"),
    UniqueConstraint("zone", "hour", "local_date"),
)

plan = Table(
    "plan",
    metadata,
    id_column(),
    Column("planned_at", UtcDateTime, nullable=False, unique=True),
    Column("looked_at", Integer, nullable=False),
    Column("source_count", Integer, nullable=False),
    # the newest paper the plan could see: what has a greater id is news since it
    Column("last_paper_id", Integer, nullable=False),
)

plan_card = Table(
    "plan_card",
    metadata,
    Column("plan_id", Integer, ForeignKey("plan.id"), primary_key=True),
    Column("paper_id", Integer, primary_key=True),
    Column("facts", JSON, nullable=False),
)

selection = Table(
    "selection",
    metadata,
    id_column(),
    Column("plan_id", Integer, ForeignKey("plan.id"), nullable=False),
    Column("topic_set_id", Integer, ForeignKey("topic_set.id"), nullable=False, index=True),
    Column("seen_set_id", Integer, ForeignKey("seen_set.id"), nullable=False, index=True),
    Column("next_seen_set_id", Integer, ForeignKey("seen_set.id"), nullable=False, index=True),
    Column("max_papers", Integer, nullable=False),
    Column("min_papers", Integer, nullable=False),
    Column("weekdays", Integer, nullable=False),
    Column("fresh_since", UtcDateTime, nullable=False),
    Column("items", JSON, nullable=False),
    Column("matched", Integer, nullable=False),
    Column("already_seen", Integer, nullable=False),
    Column("fresh", Integer, nullable=False),
    Column("empty_reason", Text, nullable=False, server_default=""),
    UniqueConstraint(
        "plan_id",
        "topic_set_id",
        "seen_set_id",
        "max_papers",
        "min_papers",
        "weekdays",
        "fresh_since",
        name="uq_selection_key",
    ),
)

delivery = Table(
    "delivery",
    metadata,
    id_column(),
    Column("subscriber_id", Integer, ForeignKey("subscriber.id"), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("dedupe_key", String(64), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("edition_id", Integer, ForeignKey("edition.id"), index=True),
    Column("selection_id", Integer, ForeignKey("selection.id"), index=True),
    Column("state", String(12), nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("address", Text, nullable=False),
    Column("language", String(16), nullable=False),
    Column("extract", String(5), nullable=False),
    Column("token_generation", Integer, nullable=False),
    Column("planned_at", UtcDateTime, nullable=False),
    Column("next_try_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("owner", String(64)),
    Column("render_version", String(16)),
    Column("sent_at", UtcDateTime),
    Column("reply", Text, nullable=False, server_default=""),
    Column("placed", Integer),
    Column("relay", String(64)),  # through which it was handed over last
    Column("submissions", Integer, nullable=False, server_default="0"),
    # handed over, and the answer was lost: it goes through the same relay again
    Column("uncertain", Boolean, nullable=False, server_default=false()),
    # handed over again in other bytes, for the installation had changed in between
    Column("rewritten", Boolean, nullable=False, server_default=false()),
    # what each try came to that no relay took (domain/tries.py); null where the first was taken
    Column("tries", JSON(none_as_null=True)),
    # "once per reader and local date" lives here, for digests and for every other kind
    UniqueConstraint("subscriber_id", "kind", "dedupe_key", name="uq_delivery_once"),
    Index("ix_delivery_queue", "state", "priority", "next_try_at", "id"),
    Index("ix_delivery_owner", "owner", "state"),
)
