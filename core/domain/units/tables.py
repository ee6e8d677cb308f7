"""The tables of administrative units: what a unit is, what it was called, what became of it, how it is classed."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    and_,
    or_,
)

from core import db

COUNTRY = 1  # the key of the whole country

# One row a unit and structure: code 24 to 30/06/2025 and code 24 since 01/07/2025 are two units. No valid_from means
# that nothing before was recorded. province_id and district_id name the ancestor of that level or the unit itself.
unit = Table(
    "unit", db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("code", String(5), nullable=False),  # 2 digits a province, 3 a district, 5 a commune; "VN"
    Column("level", SmallInteger, nullable=False),  # 0 country, 1 province, 2 district, 3 commune
    Column("parent_id", BigInteger, ForeignKey("unit.id")),
    Column("district_id", BigInteger, ForeignKey("unit.id")),
    Column("province_id", BigInteger, ForeignKey("unit.id")),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("abbr", String(8)),  # of a present province: the prefix of its case numbers
    Column("settlement", String(8)),  # of a commune: rural, urban or unknown, by its type at the start
    CheckConstraint("level BETWEEN 0 AND 3", name="level"),
    Index(None, "code"),
    Index(None, "parent_id"),
    Index(None, "province_id", "level"),
)

unit_name = Table(
    "unit_name", db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("unit_id", BigInteger, ForeignKey("unit.id"), nullable=False),
    Column("name", String(120), nullable=False),  # with its type word: "Phường Kinh Bắc"
    Column("kind", String(16), nullable=False),  # a key of KINDS
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("source", String(120), nullable=False),
    Column("verified", Boolean, nullable=False),
    Column("folded", String(240), nullable=False),  # for searching: without its type word, then with it
    Column("sort_key", LargeBinary, nullable=False),  # Vietnamese order of the name without its type word
    Column("from_file", Boolean, nullable=False),
    Index(None, "unit_id"),
)

unit_successor = Table(
    "unit_successor", db.metadata,
    Column("from_id", BigInteger, ForeignKey("unit.id"), primary_key=True),
    Column("to_id", BigInteger, ForeignKey("unit.id"), primary_key=True),
    Column("share", String(8), nullable=False),  # "whole", or "part" of a divided unit
    Column("is_default", Boolean, nullable=False),  # of the parts, the one taken when nothing else is known
    Column("on_date", Date, nullable=False),
    Column("from_file", Boolean, nullable=False),
    CheckConstraint("share IN ('whole', 'part')", name="share"),
    Index(None, "to_id"),
)

# Two dated classifications, each set by a decision, for a commune or for one village of it. The poverty line reads
# settlement, shares and amounts read difficulty.
unit_class = Table(
    "unit_class", db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("unit_id", BigInteger, ForeignKey("unit.id"), nullable=False),
    Column("village", String(120)),
    Column("classification", String(16), nullable=False),  # a key of CLASSIFICATIONS
    Column("value", String(24), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("source", String(200), nullable=False),
    Column("verified", Boolean, nullable=False),
    Column("recorded_at", db.Moment),
    Column("recorded_by", BigInteger),
    Index(None, "unit_id", "classification"),
)

loaded_data = Table(
    "loaded_data", db.metadata,
    Column("name", String(40), primary_key=True),
    Column("digest", String(64), nullable=False),
)

KINDS = {"quoc_gia": "", "tinh": "Tỉnh", "thanh_pho_tw": "Thành phố", "huyen": "Huyện", "quan": "Quận",
         "thi_xa": "Thị xã", "thanh_pho": "Thành phố", "xa": "Xã", "phuong": "Phường", "thi_tran": "Thị trấn",
         "dac_khu": "Đặc khu"}
SETTLEMENTS = {"xa": "rural", "phuong": "urban", "thi_tran": "urban", "quan": "urban"}  # by kind; any other: not known
CLASSIFICATIONS = {
    "settlement": ("rural", "urban", "unknown"),
    "difficulty": ("specially_difficult", "difficult", "poor_commune", "coastal_island", "none"),
}


def valid_on(table: Table, on: date | ColumnElement[Any]) -> ColumnElement[bool]:
    """Rows of a table with valid_from and valid_to (both included, either may be open) that hold on ``on``."""
    return and_(or_(table.c.valid_from.is_(None), table.c.valid_from <= on),
                or_(table.c.valid_to.is_(None), table.c.valid_to >= on))
