"""The tables of reviewing: the phrases an office says again and again, and the pile a person works through."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text as LongText

from core import db

phrase = Table(
    "phrase",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("unit_id", Integer, ForeignKey("unit.id"), nullable=False),  # of the office that says it
    Column("programme", String(64), nullable=False),
    Column("about", String(64), nullable=False),  # the question or the paper it is about, "" for none
    Column("body", String(500), nullable=False),
    Column("created_at", db.Moment, nullable=False),
    Column("created_by", BigInteger, nullable=False),
    Column("removed_at", db.Moment),
    Index("ix_phrase_programme_unit_id", "programme", "unit_id"),
)

pile = Table(  # the cases a person has set out to go through, in their order; not changed by what others do meanwhile
    "pile",
    db.metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(16), primary_key=True),  # clean or closer
    Column("numbers", LongText, nullable=False),  # canonical JSON
    Column("started_at", db.Moment, nullable=False),
)
