"""The tables of cases."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text as LongText,
)

from core import db

case = Table(
    "case",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", String(32), nullable=False, unique=True),
    Column("programme", String(64), nullable=False),
    Column("programme_version", String(12), nullable=False),
    Column("workflow", String(64), nullable=False),
    Column("workflow_version", String(12), nullable=False),
    Column("state", String(32), nullable=False),
    Column("version", Integer, nullable=False),  # raised by every change; whoever saw an older one is told
    # Who it is about: a household, a person in it, or another case (a complaint, a review).
    Column("household_id", BigInteger, ForeignKey("household.id")),
    Column("person_id", BigInteger, ForeignKey("person.id")),
    Column("about_case", BigInteger, ForeignKey("case.id")),
    Column("subject_name", String(200), nullable=False),
    Column("subject_sort_key", LargeBinary, nullable=False),
    Column("village", String(200), nullable=False),
    Column("search", LongText, nullable=False),  # number, subject and village, folded
    Column("open_key", String(100), unique=True),  # programme and subject while the case is open: two cannot be
    # Where it lies now; ``case_place`` has where it lay before.
    Column("unit_id", Integer, ForeignKey("unit.id"), nullable=False),
    Column("district_id", Integer, ForeignKey("unit.id")),
    Column("province_id", Integer, ForeignKey("unit.id"), nullable=False),
    Column("readers", Integer, nullable=False),  # bit set of the roles that may see it in this state
    Column("answers", LongText, nullable=False),  # canonical JSON
    Column("amount", BigInteger, nullable=False),  # đồng asked of public sources
    Column("opened_at", db.Moment, nullable=False),
    Column("opened_by", BigInteger, nullable=False),
    Column("applied_on", Date),  # first proposed
    Column("decided_on", Date),
    Column("state_since", db.Moment, nullable=False),
    Column("changed_at", db.Moment, nullable=False),
    Column("draft_id", BigInteger),  # the draft decision it stands in, in one at most; every step takes it out
    Column("round_seq", Integer, nullable=False),  # the history row of the last return: later rows are of this round
    Column("history_seq", Integer, nullable=False),
    Column("history_hash", String(64), nullable=False),
    CheckConstraint("household_id IS NOT NULL OR about_case IS NOT NULL", name="subject"),
    Index("ix_case_unit_id", "unit_id", "changed_at", "id"),
    Index("ix_case_district_id", "district_id", "changed_at", "id"),
    Index("ix_case_province_id", "province_id", "changed_at", "id"),
    Index("ix_case_changed_at", "changed_at", "id"),
    Index("ix_case_household_id", "household_id"),
    Index("ix_case_draft_id", "draft_id"),
)

case_place = Table(
    "case_place",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("case_id", BigInteger, ForeignKey("case.id"), nullable=False, index=True),
    Column("unit_id", Integer, ForeignKey("unit.id"), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("reason", String(200), nullable=False),
)

case_fact = Table(  # indexed answers, typed; all that lists, indicators and criteria in SQL read
    "case_fact",
    db.metadata,
    Column("case_id", BigInteger, ForeignKey("case.id"), primary_key=True, autoincrement=False),
    Column("name", String(63), primary_key=True),
    Column("number", BigInteger),  # integers, đồng; yes is 1 and no is 0
    Column("code", String(300)),
    Column("day", Date),
    Index("ix_case_fact_name_number", "name", "number"),
    Index("ix_case_fact_name_code", "name", "code"),
)

draft = Table(  # what a person is typing, readable or not; never judged, never shown to anybody else
    "draft",
    db.metadata,
    Column("case_id", BigInteger, ForeignKey("case.id"), primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("form", LongText, nullable=False),
    Column("version", Integer, nullable=False),  # of the case when the person began
    Column("saved_at", db.Moment, nullable=False),
)

counter = Table(
    "counter",
    db.metadata,
    Column("name", String(32), primary_key=True),
    Column("value", Integer, nullable=False),
)
