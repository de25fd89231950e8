"""Rows are locked in the order of their ids, so that two bulk updates wait and never deadlock."""

from sqlalchemy import ColumnElement, Select, select

from digest.store.schema import delivery


def in_order(*conditions: ColumnElement[bool]) -> Select[tuple[int]]:
    """Return the ids of deliveries that meet the conditions, locked in their order.

    For ``WHERE id IN (...)`` of an update. PostgreSQL looks at the conditions again once it has a
    row's lock; SQLite has one writer and locks nothing.
    """
    return select(delivery.c.id).where(*conditions).order_by(delivery.c.id).with_for_update()
