"""Every table of the database: the one catalogue that the files of tables fill together."""

from digest.store import admin_schema, delivery_schema, reader_schema, schema

metadata = schema.meta.metadata
_FILES = (admin_schema.audit, delivery_schema.bounce, reader_schema.vote)
assert all(table.metadata is metadata for table in _FILES)
