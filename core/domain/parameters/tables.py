"""Where legal values are kept, and how a row is written before it is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Integer, String, Table, Text as LongText, select, update

from core import db
from core.parameters import NOTHING, ParameterDeclaration, ParameterType
from core.text import Text, canonical

parameter = Table(
    "parameter",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String(100), nullable=False, index=True),
    Column("value", LongText, nullable=False),  # canonical JSON; null means: declared not set
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("place_id", Integer, ForeignKey("unit.id"), nullable=False),
    Column("area_kind", String(32)),
    Column("source", String(500), nullable=False),
    Column("verified", Integer, nullable=False),
    Column("note", String(1000), nullable=False, default=""),
    Column("origin", String(100)),  # digest of the plugin's row it came from; a row once brought is never brought again
    Column("recorded_at", db.Moment, nullable=False),
    Column("recorded_by", BigInteger),
    Column("superseded_at", db.Moment),
)

registry_version = Table(
    "registry_version",
    db.metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
)

_version = select(registry_version.c.version)


@dataclass(frozen=True)
class Row:
    """A row as a plugin or a plan writes it: the place by official code on a date (``place_on``: None means today)."""

    value: Any
    source: str
    verified: bool
    valid_from: date | None = None
    valid_to: date | None = None
    place: str = "VN"
    place_on: date | None = None
    area_kind: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Declared:
    """A legal value a programme or workflow reads, and the rows known for it."""

    name: str
    type: ParameterType
    label: Text
    rows: tuple[Row, ...] = ()
    unit: Text = NOTHING
    help: Text = NOTHING
    choices: Mapping[str, Text] = field(default_factory=dict, hash=False)

    @property
    def declaration(self) -> ParameterDeclaration:
        """What ``core.parameters`` needs to know of it."""
        return ParameterDeclaration(self.name, self.label, self.type, self.unit, self.help, self.choices)


def version() -> int:
    """The number that grows whenever what is in force changes."""
    return db.execute(_version).scalar() or 0


def touch() -> None:
    """Say that what is in force has changed, so that every process rebuilds its registry."""
    if db.execute(update(registry_version).values(version=registry_version.c.version + 1)).rowcount == 0:
        db.execute(registry_version.insert(), {"id": 1, "version": 1})


def values_of(name: str, row: Row, place_id: int) -> dict[str, Any]:
    return {
        "id": db.new_id(),
        "name": name,
        "value": canonical(row.value),
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "place_id": place_id,
        "area_kind": row.area_kind,
        "source": row.source,
        "verified": int(row.verified),
        "note": row.note,
        "recorded_at": db.now(),
    }


def overlap(old: Any, new: Row) -> bool:
    return (old["valid_to"] is None or new.valid_from is None or old["valid_to"] >= new.valid_from) and (
        new.valid_to is None or old["valid_from"] is None or old["valid_from"] <= new.valid_to
    )
