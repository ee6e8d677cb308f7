"""The database and the unit of work: to return is to commit, to raise is to roll back.

Everything a function of the domain needs besides its arguments (connection, clock, settings, registry) is bound for
one unit of work by a context variable in ``transaction``; there are no module globals, so two instances live side by
side in one process.
"""

from core.db.clock import HANOI, Clock, FixedClock, fresh_key, key_at
from core.db.engine import open_engine
from core.db.rows import insert_many, insert_once, insert_rows, update_rows
from core.db.schema import APPEND_ONLY, Moment, metadata
from core.db.work import (
    Instance,
    Work,
    execute,
    is_postgres,
    new_id,
    now,
    registry,
    settings,
    today,
    transaction,
    work,
)

__all__ = [
    "APPEND_ONLY",
    "HANOI",
    "Clock",
    "FixedClock",
    "Instance",
    "Moment",
    "Work",
    "execute",
    "fresh_key",
    "insert_many",
    "insert_once",
    "insert_rows",
    "is_postgres",
    "key_at",
    "metadata",
    "new_id",
    "now",
    "open_engine",
    "registry",
    "settings",
    "today",
    "transaction",
    "update_rows",
    "work",
]
