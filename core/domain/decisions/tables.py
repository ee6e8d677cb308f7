"""The tables of decisions, and what is asked of one."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, String, Table

from core import db
from core.fields import Field
from core.text import Text

decision = Table(
    "decision",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", String(64), nullable=False),
    Column("issuer", String(200), nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("key", String(300), nullable=False, unique=True),  # number, issuer and date, folded: they name it together
    Column("signer", String(200), nullable=False),
    Column("capacity", String(200), nullable=False),
    Column("recorded_at", db.Moment, nullable=False),
    Column("recorded_by", BigInteger, nullable=False),
    Column("draft_id", BigInteger),  # the draft it was issued from: its list is whole, nothing joins it later
)


decision_case = Table(
    "decision_case",
    db.metadata,
    Column("decision_id", BigInteger, ForeignKey("decision.id"), primary_key=True, autoincrement=False),
    Column("case_id", BigInteger, primary_key=True, autoincrement=False),
    Column("transition", String(64), primary_key=True),
    Index("ix_decision_case_case_id", "case_id"),
)


decision_file = Table(  # the signed paper; one that was attached by mistake stays beside the one that replaced it
    "decision_file",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("decision_id", BigInteger, ForeignKey("decision.id"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("sha256", String(64), ForeignKey("file.sha256"), nullable=False),
    Column("attached_at", db.Moment, nullable=False),
    Column("attached_by", BigInteger, nullable=False),
)


FIELDS = (
    Field(
        "decision_number",
        "text",
        Text("Số, ký hiệu quyết định", "Decision number and symbol"),
        required=True,
        maximum=60,
        help=Text("Ví dụ 123/QĐ-UBND", "For example 123/QĐ-UBND"),
    ),
    Field("decision_date", "date", Text("Ngày ban hành", "Issued on"), required=True),
    Field(
        "decision_issuer",
        "text",
        Text("Cơ quan ban hành", "Issued by"),
        required=True,
        maximum=200,
        help=Text("Ví dụ Ủy ban nhân dân tỉnh Bắc Ninh", "For example the People's Committee of Bắc Ninh"),
    ),
    Field("decision_signer", "text", Text("Người ký", "Signed by"), required=True, maximum=200),
    Field(
        "decision_capacity",
        "text",
        Text("Chức vụ người ký", "Signer's capacity"),
        required=True,
        maximum=200,
        help=Text("Ví dụ KT. CHỦ TỊCH, PHÓ CHỦ TỊCH", "For example Vice Chair, for the Chair"),
    ),
)
