"""The tables of the history."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text as LongText

from core import db

_serial = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only in a column of type INTEGER


history = Table(
    "history",
    db.metadata,
    Column("id", _serial, primary_key=True, autoincrement=True),
    Column("case_id", BigInteger, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", db.Moment, nullable=False),
    Column("actor_id", BigInteger, nullable=False),
    Column("action", String(64), nullable=False),
    Column("from_state", String(32)),
    Column("to_state", String(32)),
    Column("body", LongText, nullable=False),
    Column("hash", String(64), nullable=False),
    Index("uq_history_case_id_seq", "case_id", "seq", unique=True),
    info=db.APPEND_ONLY,
)


history_value = Table(
    "history_value",
    db.metadata,
    Column("case_id", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("name", String(64), primary_key=True),
    Column("salt", String(32), nullable=False),
    Column("value", LongText, nullable=False),
)


seal = Table(
    "seal",
    db.metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("last_id", BigInteger, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("at", db.Moment, nullable=False),
    Column("mac", String(64), nullable=False),
    info=db.APPEND_ONLY,
)


seal_takeover = Table(  # seals made with the key of another instance, whose backup was restored here
    "seal_takeover",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("last_seal", Integer, nullable=False),
    Column("digest", String(64), nullable=False),  # of all seals up to that one
    Column("at", db.Moment, nullable=False),
    Column("mac", String(64), nullable=False),
    info=db.APPEND_ONLY,
)
