"""What became of a household: it escaped poverty, moved, was merged into another, died out, or never was."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, String, Table, Text as LongText

from core import db
from core.domain.people.tables import household, import_batch

movement = Table(
    "movement", db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("household_id", BigInteger, ForeignKey(household.c.id), nullable=False),
    Column("kind", String(16), nullable=False),  # of ``KINDS``
    Column("moved_on", Date, nullable=False),
    Column("decision_number", String(64)),
    Column("decided_on", Date),
    Column("into_household_id", BigInteger, ForeignKey(household.c.id)),  # of one that was merged
    Column("whereto", String(200), nullable=False, server_default=""),  # of one that moved, where it is known
    Column("note", LongText, nullable=False, server_default=""),
    Column("import_id", BigInteger, ForeignKey(import_batch.c.id)),  # the list in which it was missing
    Column("recorded_at", db.Moment, nullable=False),
    Column("recorded_by", BigInteger),
    Column("superseded_at", db.Moment),
    Column("superseded_by", BigInteger),
    Index("ix_movement_household_id", "household_id"),
    Index("ix_movement_import_id", "import_id"),
)
