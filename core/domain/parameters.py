"""The rows of legal values: where they are kept, how a plugin's rows come in, how an administrator changes one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Integer,
    String,
    Table,
    Text as LongText,
    bindparam,
    select,
    update,
)

from core import db
from core.domain import access, units
from core.domain.access import Actor
from core.errors import BadInput, Reason
from core.parameters import NOTHING, ParameterDeclaration, ParameterRow, Parameters, ParameterType
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


def bring(declared: list[Declared]) -> int:
    """Insert the rows of plugins that were never brought before; gives how many.

    What an administrator changed stays.
    """
    known = {origin for (origin,) in db.execute(select(parameter.c.origin).where(parameter.c.origin.is_not(None)))}
    fresh = []
    for each in declared:
        for row in each.rows:
            place = units.unit_by_code(row.place, row.place_on or db.today())
            origin = hashlib.sha256(
                canonical(
                    [
                        each.name,
                        row.value,
                        str(row.valid_from),
                        str(row.valid_to),
                        row.place,
                        str(row.place_on),
                        row.area_kind,
                        row.source,
                    ]
                ).encode()
            ).hexdigest()
            if origin not in known:
                fresh.append(_values(each.name, row, place.id) | {"origin": origin, "recorded_by": None})
    if fresh:
        db.execute(parameter.insert(), fresh)
        touch()
    return len(fresh)


def _values(name: str, row: Row, place_id: int) -> dict[str, Any]:
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


def in_force(declared: list[Declared]) -> Parameters:
    """The index over all rows that are not superseded; rows whose programme is not installed wait until it is back."""
    names = {each.name for each in declared}
    return Parameters(
        [
            ParameterRow(
                row.name,
                json.loads(row.value),
                row.valid_from,
                row.valid_to,
                row.place_id,
                row.area_kind,
                row.source,
                bool(row.verified),
                row.note,
            )
            for row in db.execute(select(parameter).where(parameter.c.superseded_at.is_(None)))
            if row.name in names
        ],
        [each.declaration for each in declared],
    )


_current = (
    select(parameter)
    .where(
        parameter.c.superseded_at.is_(None),
        parameter.c.name == bindparam("name"),
        parameter.c.place_id == bindparam("place_id"),
    )
    .order_by(parameter.c.valid_from)
)


def change(actor: Actor, name: str, row: Row) -> None:
    """Set a value from a day on (or for a span of days) at one place; rows that overlap there are cut, never lost.

    Raises ``NotAllowed`` unless ``actor`` manages parameters at that place, ``BadInput`` with every mistake.
    """
    place = units.unit_by_code(row.place, row.place_on or db.today())
    access.require(actor, "parameter.manage", place.place)
    _check(name, row)
    now = db.now()
    fresh = [_values(name, row, place.id) | {"origin": None, "recorded_by": actor.id}]
    for old in db.execute(_current, {"name": name, "place_id": place.id}).mappings().all():
        if old["area_kind"] != row.area_kind or not _overlap(old, row):
            continue
        db.execute(update(parameter).where(parameter.c.id == old["id"]).values(superseded_at=now))
        for start, end in _remainders(old, row):
            fresh.append(
                dict(old)
                | {
                    "id": db.new_id(),
                    "valid_from": start,
                    "valid_to": end,
                    "recorded_at": now,
                    "recorded_by": actor.id,
                    "superseded_at": None,
                }
            )
    db.execute(parameter.insert(), [{**{column.name: None for column in parameter.c}, **values} for values in fresh])
    touch()


def _check(name: str, row: Row) -> None:
    declarations = db.registry().parameters.declarations
    wrong = []
    if name not in declarations:
        wrong.append(
            Reason(
                "parameter_unknown",
                Text("Không có tham số «{name}»", "No parameter “{name}”").format(name=name),
                field="name",
            )
        )
    if not row.source.strip():
        wrong.append(
            Reason(
                "source_missing",
                Text(
                    "Ghi văn bản làm căn cứ (số, ký hiệu, ngày)", "Name the document it rests on (number, symbol, date)"
                ),
                field="source",
            )
        )
    if row.valid_from and row.valid_to and row.valid_to < row.valid_from:
        wrong.append(
            Reason(
                "dates_crossed",
                Text("Ngày hết hiệu lực trước ngày có hiệu lực", "It ends before it starts"),
                field="valid_to",
            )
        )
    if wrong:
        raise BadInput(wrong)


def _overlap(old: Any, new: Row) -> bool:
    return (old["valid_to"] is None or new.valid_from is None or old["valid_to"] >= new.valid_from) and (
        new.valid_to is None or old["valid_from"] is None or old["valid_from"] <= new.valid_to
    )


def _remainders(old: Any, new: Row) -> list[tuple[date | None, date | None]]:
    spans: list[tuple[date | None, date | None]] = []
    if new.valid_from and (old["valid_from"] is None or old["valid_from"] < new.valid_from):
        spans.append((old["valid_from"], new.valid_from - timedelta(days=1)))
    if new.valid_to and (old["valid_to"] is None or old["valid_to"] > new.valid_to):
        spans.append((new.valid_to + timedelta(days=1), old["valid_to"]))
    return spans
