"""The tables of the register: households, persons, and what is true of them from when to when, known to us since when.

A dated fact has two time axes: ``valid_from``–``valid_to`` (both days included; null is "since an unknown day" and
"until further notice") says when it holds in the world, ``recorded_at``–``superseded_at`` when we believed so. A row
is never changed except to close its second axis; a correction is a new row. ``import_id`` names the file it came
from, null is by hand. A household or person that came with a list which was undone has ``superseded_at``.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text as LongText,
    UniqueConstraint,
    and_,
    or_,
)

from core import db


def _place(nullable: bool = False) -> list[Column[Any]]:
    """The ancestors of the place as columns, so that reach is one comparison (see ``access.within_reach``)."""
    return [
        Column("unit_id", BigInteger, ForeignKey("unit.id"), nullable=nullable),
        Column("district_id", BigInteger, ForeignKey("unit.id")),
        Column("province_id", BigInteger, ForeignKey("unit.id")),
    ]


def _axes() -> list[Column[Any]]:
    return [
        Column("valid_from", Date),
        Column("valid_to", Date),
        Column("import_id", BigInteger, ForeignKey("import_batch.id")),
        Column("recorded_at", db.Moment, nullable=False),
        Column("recorded_by", BigInteger),
        Column("superseded_at", db.Moment),
        Column("superseded_import_id", BigInteger),  # the import that did so; undoing it says the row again
    ]


Day = date | ColumnElement[Any]  # a day, or the parameter of a prebuilt statement that stands for one


def valid_on(table: Table, on: Day) -> ColumnElement[bool]:
    """The rows of a dated fact that hold on a day, as far as we know now."""
    return and_(table.c.superseded_at.is_(None),
                or_(table.c.valid_from.is_(None), table.c.valid_from <= on),
                or_(table.c.valid_to.is_(None), table.c.valid_to >= on))


import_batch = Table(
    "import_batch", db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    *_place(nullable=True),  # of the unit the file is for; unit_id is null when that is a district or a province
    Column("for_unit_id", BigInteger, ForeignKey("unit.id"), nullable=False),
    Column("on_date", Date, nullable=False),  # the day its codes and categories are read on
    Column("file_name", String(200), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("report", LongText, nullable=False),
    Column("uploaded_at", db.Moment, nullable=False),
    Column("uploaded_by", BigInteger),
    Column("accepted_at", db.Moment),
    Column("accepted_by", BigInteger),
    Column("given", LongText),  # canonical JSON {column: text}: what was said once for the whole file
    Column("partial", Integer, nullable=False, server_default="0"),  # 1: some households only; nobody is missing
    Column("corrects_id", BigInteger),  # the import whose refused rows these are, corrected
    Column("register", String(64)),  # how the register stood when the list was judged; see ``standing``
    Column("seen", String(64)),  # digest of what accepting would write, as it was shown
    Column("undone_at", db.Moment),
    Column("undone_by", BigInteger),
    Index("ix_import_batch_for_unit_id_sha256", "for_unit_id", "sha256"),
)

import_mapping = Table(  # what a header means in the lists of a unit and of the units below it
    "import_mapping", db.metadata,
    Column("unit_id", BigInteger, ForeignKey("unit.id"), primary_key=True),
    Column("header", String(200), primary_key=True),  # folded, the header above before a "/" and the one below
    Column("column", String(32), nullable=False),  # the name of a column of household lists, or "ignore"
    Column("said_by", BigInteger),
    Column("said_at", db.Moment, nullable=False),
)

import_line = Table(  # the preview: a household of a judged list a row, by state, each state's positions in one run
    "import_line", db.metadata,
    Column("import_id", BigInteger, ForeignKey("import_batch.id"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("state", String(10), nullable=False),  # new, changed, unchanged, doubtful, refused, missing
    Column("row", Integer, nullable=False),  # of its head in the file; 0 for one that is missing there
    Column("code", String(64), nullable=False),
    Column("head", String(200), nullable=False),
    Column("village", String(200), nullable=False),
    Column("household_id", BigInteger),
    Column("details", LongText, nullable=False),  # canonical JSON, by state; see ``core.exchange.lines``
    Column("differs", Integer, nullable=False, server_default="0"),  # 1: unlike what was shown before
)

import_choice = Table(  # whom a doubtful row means
    "import_choice", db.metadata,
    Column("import_id", BigInteger, ForeignKey("import_batch.id"), primary_key=True, autoincrement=False),
    Column("row", Integer, primary_key=True, autoincrement=False),
    Column("household_id", BigInteger),  # null: a household not known yet
    Column("chosen_by", BigInteger),
    Column("chosen_at", db.Moment, nullable=False),
)

import_household = Table(  # what an accepted list did to each household, so that it can be undone
    "import_household", db.metadata,
    Column("import_id", BigInteger, ForeignKey("import_batch.id"), primary_key=True, autoincrement=False),
    Column("household_id", BigInteger, ForeignKey("household.id"), primary_key=True, autoincrement=False),
    Column("did", String(8), nullable=False),  # new or changed
    Column("version_before", Integer, nullable=False),
    Column("version_after", Integer, nullable=False),
    Column("before", LongText),  # canonical JSON of the columns it had, for one that changed
    Index("ix_import_household_household_id", "household_id"),
)

person = Table(
    "person", db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String(200), nullable=False),
    Column("name_folded", String(200), nullable=False),
    Column("sort_key", LargeBinary, nullable=False),
    Column("birth_date", Date),
    Column("birth_year", Integer),  # always set when the date is; alone when only the year is known
    Column("sex", String(6)),
    Column("ethnic_code", String(2)),
    Column("ethnic_list", String(16)),  # two official lists swap 04 and 06
    Column("id_number", String(12), index=True),  # leading zeros count; twice the same is warned of
    Column("died_on", Date),
    Column("created_at", db.Moment, nullable=False),
    Column("created_by", BigInteger),
    Column("superseded_at", db.Moment),
    CheckConstraint("sex IN ('male', 'female')", name="sex"),
)

person_alias = Table(  # numbers and names a person had before: old identity cards, insurance numbers
    "person_alias", db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("person_id", BigInteger, ForeignKey("person.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("value", String(200), nullable=False, index=True),
)

household = Table(
    "household", db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("code", String(64), nullable=False),  # mã hộ: an outside identifier, unique per commune only
    *_place(),
    Column("village", String(200), nullable=False, default=""),
    Column("address", String(500), nullable=False, default=""),
    Column("phone", String(32), nullable=False, default=""),
    Column("set_up_on", Date),
    Column("head_person_id", BigInteger, ForeignKey("person.id")),
    Column("head_name", String(200), nullable=False, default=""),
    Column("head_sort_key", LargeBinary, nullable=False, default=b""),
    Column("search", LongText, nullable=False, default=""),  # see ``search_text``
    Column("members_known", Integer, nullable=False, server_default="1"),  # 0: a list named the head and nobody else
    Column("size_said", Integer),  # how many members such a list counted
    Column("ended_on", Date),  # merged into another, moved away, died out
    Column("version", Integer, nullable=False, default=1),  # raised by every change of the household or of its facts
    Column("created_at", db.Moment, nullable=False),
    Column("created_by", BigInteger),
    Column("changed_at", db.Moment, nullable=False),
    Column("changed_by", BigInteger),
    Column("superseded_at", db.Moment),  # the list that brought it was undone; its code is free again
    UniqueConstraint("unit_id", "code"),
    Index("ix_household_unit", "unit_id", "head_sort_key", "id"),
    Index("ix_household_district", "district_id", "head_sort_key", "id"),
    Index("ix_household_province", "province_id", "head_sort_key", "id"),
    Index("ix_household_head", "head_sort_key", "id"),
    Index("ix_household_code", "code"),
)

membership = Table(
    "membership", db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("household_id", BigInteger, ForeignKey("household.id"), nullable=False, index=True),
    Column("person_id", BigInteger, ForeignKey("person.id"), nullable=False, index=True),
    Column("relation", String(16), nullable=False),
    Column("position", Integer, nullable=False, default=0),  # the order in which the household lists its members
    *_axes(),
)

household_category = Table(
    "household_category", db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("household_id", BigInteger, ForeignKey("household.id"), nullable=False),
    Column("line", String(10), nullable=False),  # a household may be poor by one and not the other
    Column("category", String(16), nullable=False),
    Column("score_a", Integer),
    Column("score_b", Integer),
    Column("indicator_set", String(16)),
    Column("deprivations", Integer),  # bit 0 is indicator 1; null is not known
    Column("decision_number", String(64)),
    Column("decided_on", Date),
    Column("decision_issuer", String(200)),
    *_axes(),
    CheckConstraint("line IN ('national', 'provincial')", name="line"),
    Index("ix_household_category_household", "household_id", "line"),
)

residence = Table(
    "residence", db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("household_id", BigInteger, ForeignKey("household.id"), index=True),
    Column("person_id", BigInteger, ForeignKey("person.id"), index=True),  # a member registered elsewhere
    Column("kind", String(10), nullable=False),
    Column("address", String(500), nullable=False, default=""),
    *_axes(),
    CheckConstraint("kind IN ('permanent', 'temporary')", name="kind"),
)

mark = Table(  # of a person (NCC, NKT …) or of the whole household (DTTS, CSXH …); exactly one of the two is set
    "mark", db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("household_id", BigInteger, ForeignKey("household.id"), index=True),
    Column("person_id", BigInteger, ForeignKey("person.id"), index=True),
    Column("code", String(16), nullable=False),
    *_axes(),
    CheckConstraint("(household_id IS NULL) <> (person_id IS NULL)", name="subject"),
)

demand = Table(  # «có nhu cầu»: coverage targets count only those who asked
    "demand", db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("household_id", BigInteger, ForeignKey("household.id"), nullable=False, index=True),
    Column("person_id", BigInteger, ForeignKey("person.id")),  # when one member asks for it
    Column("wanted", String(200), nullable=False),  # a programme's code or the words of the list
    *_axes(),
)

cause = Table(
    "cause", db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("household_id", BigInteger, ForeignKey("household.id"), nullable=False, index=True),
    Column("code", String(16), nullable=False),
    Column("said", String(200), nullable=False, default=""),  # the list's own words where the code is "other"
    *_axes(),
)

registry_change = Table(  # what a change of plain columns overwrote; appended only
    "registry_change", db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("household_id", BigInteger, nullable=False, index=True),
    Column("person_id", BigInteger),
    Column("changed", LongText, nullable=False),  # canonical JSON {column: [before, after]}
    Column("import_id", BigInteger),
    Column("recorded_at", db.Moment, nullable=False),
    Column("recorded_by", BigInteger),
    info=db.APPEND_ONLY,
)
