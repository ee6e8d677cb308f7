"""The table of draft decisions, and what is written into one before it is printed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text as LongText

from core import db
from core.fields import Field
from core.text import Text

decision_draft = Table(
    "decision_draft",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("programme", String(64), nullable=False),
    Column("title", String(300), nullable=False),
    Column("issuer", String(200), nullable=False),
    Column("place", String(100), nullable=False),
    Column("signer", String(200), nullable=False),
    Column("capacity", String(200), nullable=False),
    Column("basis", LongText, nullable=False),  # a line for each document it rests on
    Column("version", Integer, nullable=False),  # raised by every change; whoever issues an older one is told
    Column("created_at", db.Moment, nullable=False),
    Column("created_by", BigInteger, nullable=False),
    Column("changed_at", db.Moment, nullable=False),
    Column("ended_at", db.Moment),
    Column("decision_id", BigInteger),  # what it became; none when it was undone
    Index("ix_decision_draft_changed_at", "changed_at", "id"),
)

TEXTS = (
    Field("title", "text", Text("Về việc", "About"), required=True, maximum=300),
    Field("issuer", "text", Text("Cơ quan ban hành", "Issued by"), maximum=200),
    Field("place", "text", Text("Địa danh ghi trước ngày ký", "Place before the date"), maximum=100),
    Field(
        "capacity",
        "text",
        Text("Quyền hạn, chức vụ người ký", "Signer's capacity"),
        maximum=200,
        help=Text("Ví dụ TM. ỦY BAN NHÂN DÂN, CHỦ TỊCH", "For example TM. ỦY BAN NHÂN DÂN, CHỦ TỊCH"),
    ),
    Field("signer", "text", Text("Người ký", "Signed by"), maximum=200),
    Field(
        "basis",
        "long_text",
        Text("Căn cứ", "Legal basis"),
        maximum=4000,
        help=Text(
            "Mỗi dòng một văn bản; các văn bản đã kiểm chứng mà tiêu chí dựa vào được điền sẵn.",
            "One document a line; those verified ones that the criteria rest on are filled in.",
        ),
    ),
)
