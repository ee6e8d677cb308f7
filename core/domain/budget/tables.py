"""The tables of funds and of what is promised of them."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, ForeignKey, Index, Integer, String, Table

from core import db
from core.text import Text

SOURCES = {
    "central": Text("Ngân sách trung ương", "Central budget"),
    "local": Text("Ngân sách địa phương đối ứng", "Local counterpart budget"),
    "fatherland_front": Text("Quỹ Vì người nghèo", "Fund For the Poor"),
    "mobilised": Text("Nguồn vận động, tài trợ", "Mobilised and sponsored money"),
}


CAPITALS = {
    "recurrent": Text("Vốn sự nghiệp", "Recurrent capital"),
    "investment": Text("Vốn đầu tư", "Investment capital"),
}


fund = Table(
    "fund",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("code", String(40), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("source", String(32), nullable=False),
    Column("capital", String(16), nullable=False),
    Column("year", Integer, nullable=False),
    Column("programme", String(64), nullable=False),
    Column("owner_id", Integer, ForeignKey("unit.id"), nullable=False),
    Column("level", Integer, nullable=False),  # of the owner: the smallest place pays first
    Column("unit_id", Integer),
    Column("district_id", Integer),
    Column("province_id", Integer),
    Column("allocated", BigInteger, nullable=False, default=0),
    Column("committed", BigInteger, nullable=False, default=0),
    Column("paid", BigInteger, nullable=False, default=0),
    Column("reserved", BigInteger, nullable=False, default=0, server_default="0"),  # for draft decisions
    CheckConstraint("0 <= paid AND paid <= committed AND committed <= allocated", name="never_overspent"),
    CheckConstraint("0 <= reserved AND committed + reserved <= allocated", name="never_overreserved"),
    Index("ix_fund_programme_year", "programme", "year"),
)


allocation = Table(
    "allocation",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("fund_id", BigInteger, ForeignKey("fund.id"), nullable=False, index=True),
    Column("amount", BigInteger, nullable=False),  # below zero: taken back
    Column("document", String(300), nullable=False),
    Column("allocated_on", Date, nullable=False),
    Column("recorded_at", db.Moment, nullable=False),
    Column("recorded_by", BigInteger, nullable=False),
    info=db.APPEND_ONLY,
)


commitment = Table(
    "commitment",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("case_id", BigInteger, ForeignKey("case.id"), nullable=False, index=True),
    Column("fund_id", BigInteger, ForeignKey("fund.id"), nullable=False, index=True),
    Column("amount", BigInteger, nullable=False),
    Column("paid", BigInteger, nullable=False, default=0),
    Column("released", BigInteger, nullable=False, default=0),
    Column("committed_at", db.Moment, nullable=False),
    Column("committed_by", BigInteger, nullable=False),
    CheckConstraint("0 <= paid AND 0 <= released AND paid + released <= amount", name="within_amount"),
)


reservation = Table(  # what a draft decision keeps free for a case, until the case moves or leaves the draft
    "reservation",
    db.metadata,
    Column("case_id", BigInteger, ForeignKey("case.id"), primary_key=True, autoincrement=False),
    Column("fund_id", BigInteger, ForeignKey("fund.id"), primary_key=True, autoincrement=False, index=True),
    Column("amount", BigInteger, nullable=False),
    Column("reserved_at", db.Moment, nullable=False),
    Column("reserved_by", BigInteger, nullable=False),
    CheckConstraint("amount > 0", name="amount"),
)
