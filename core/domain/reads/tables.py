"""The table of the log of reads."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table

from core import db

read_event = Table(
    "read_event",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("at", db.Moment, nullable=False),
    Column("actor_id", BigInteger, nullable=False),
    Column("unit_id", BigInteger),  # where the household or case lies; of a list, where its reader works
    Column("way", String(16), nullable=False),  # a key of WAYS
    Column("what", String(64), nullable=False),  # the page, operation or command, by its name in the program
    Column("kinds", String(200), nullable=False),  # keys of KINDS, blanks between
    Column("case_id", BigInteger),
    Column("household_id", BigInteger),
    Column("rows", Integer),  # of a list, as many as were shown
    Column("filters", String(32), nullable=False),  # a keyed digest of what the list was narrowed to, or ""
    Column("reason", String(500), nullable=False),  # of who saw a masked value whole
    Index("ix_read_event_at_id", "at", "id"),
    Index("ix_read_event_actor_id_at", "actor_id", "at"),
    Index("ix_read_event_case_id", "case_id"),
    Index("ix_read_event_household_id", "household_id"),
    info=db.APPEND_ONLY | {"kept_months": 12},  # the database lets only what is older be deleted
)
