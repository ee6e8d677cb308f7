"""The tables of instalments and payments."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Integer, String, Table, UniqueConstraint

from core import db

instalment = Table(
    "instalment",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("case_id", BigInteger, ForeignKey("case.id"), nullable=False),
    Column("code", String(64), nullable=False),
    Column("position", Integer, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("after", String(64)),  # the monitoring step that must have been passed
    Column("paid_on", Date),
    Column("paid_at", db.Moment),
    Column("paid_by", BigInteger),
    Column("payee", String(200)),
    Column("voucher", String(100)),
    Column("cancelled_at", db.Moment),
    UniqueConstraint("case_id", "code"),
)


payment = Table(  # what an instalment took from each promise
    "payment",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("instalment_id", BigInteger, ForeignKey("instalment.id"), nullable=False, index=True),
    Column("commitment_id", BigInteger, ForeignKey("commitment.id"), nullable=False),
    Column("fund_id", BigInteger, ForeignKey("fund.id"), nullable=False, index=True),
    Column("amount", BigInteger, nullable=False),
    info=db.APPEND_ONLY,
)


passed_step = Table(  # written by monitoring, read here: which gates are open
    "passed_step",
    db.metadata,
    Column("case_id", BigInteger, ForeignKey("case.id"), primary_key=True, autoincrement=False),
    Column("step", String(64), primary_key=True),
    Column("passed_on", Date, nullable=False),
)
