"""The tables about what is kept, how long, and what is copied before an upgrade."""

from typing import Literal

from pydantic import Field

from digest.settings.table import Table

_LONGEST = 36_500
_WHOLE_SCALE = 31  # a paper's trend is measured against the readings of 30 days


class RetentionSettings(Table):
    """How many days something is kept; housekeeping takes away what is older.

    Papers, their ids and listings, what readers have seen, sign-ups and tombstones are kept
    whatever stands here. ``abstracts_days`` counts from the end of a paper's window; 0 keeps them.
    ``upgrade_copies`` is how many copies of the database before an upgrade stay.
    """

    deliveries_days: int = Field(default=400, ge=60, le=_LONGEST)
    observations_days: int = Field(default=90, ge=_WHOLE_SCALE, le=_LONGEST)
    bounces_days: int = Field(default=400, ge=30, le=_LONGEST)
    alarms_days: int = Field(default=90, ge=1, le=_LONGEST)
    audit_days: int = Field(default=730, ge=30, le=_LONGEST)
    link_opens_days: int = Field(default=400, ge=30, le=_LONGEST)
    abstracts_days: int = Field(default=0, ge=0, le=_LONGEST)
    upgrade_copies: int = Field(default=2, ge=1, le=100)


class UpgradeSettings(Table):
    """What happens before a database that holds something is upgraded.

    ``backup``: ``required`` copies it, and does not upgrade where that fails; ``try`` warns and
    upgrades all the same; ``off`` copies nothing, for who has a copy already.
    """

    backup: Literal["required", "try", "off"] = "required"
