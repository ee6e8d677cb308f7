"""The rows of legal values: where they are kept, how a plugin's rows come in, how an administrator changes one."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
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
from core.errors import BadInput, NotAllowed, Reason
from core.parameters import (
    NOTHING,
    PARAMETER_TYPES,
    ParameterDeclaration,
    ParameterRow,
    Parameters,
    ParameterType,
)
from core.text import Text, canonical

log = logging.getLogger(__name__)

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


def bring(declared: Sequence[Declared]) -> int:
    """Take over the rows that plugins declare; gives how many changed.

    A row that was once brought is never brought again, so what an administrator cut or replaced stays so. A row that a
    plugin no longer declares and that nobody touched is superseded. Where an administrator has set the same place and
    days, the administrator's row stays and the plugin's is left out.
    """
    rows = {_origin(each.name, row): (each.name, row) for each in declared for row in each.rows}
    names = {each.name for each in declared}
    stored = [row for row in db.execute(select(parameter)) if row.name in names]
    dropped = [
        row.id
        for row in stored
        if row.superseded_at is None and row.origin and row.recorded_by is None and row.origin not in rows
    ]
    standing = [row._mapping for row in stored if row.superseded_at is None and row.id not in dropped]
    known = {row.origin for row in stored}
    fresh = []
    for origin, (name, row) in rows.items():
        if origin in known:
            continue
        values = _values(name, row, units.unit_by_code(row.place, row.place_on or db.today()).id)
        if any(_same_place(dict(old), values) and _overlap(old, row) for old in standing):
            log.warning("parameter %s from %s is left out: an administrator has set these days", name, row.source)
            continue
        fresh.append(values | {"origin": origin, "recorded_by": None})
    if dropped:
        db.execute(update(parameter).where(parameter.c.id.in_(dropped)).values(superseded_at=db.now()))
    if fresh:
        db.execute(parameter.insert(), fresh)
    if dropped or fresh:
        touch()
    return len(dropped) + len(fresh)


def _origin(name: str, row: Row) -> str:
    """What a plugin's row is recognised by: everything it says."""
    told = [
        str(each)
        for each in (row.valid_from, row.valid_to, row.place, row.place_on, row.area_kind, row.source, row.verified)
    ]
    return hashlib.sha256(canonical([name, row.value, *told, row.note]).encode()).hexdigest()


def _same_place(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    return all(old[column] == new[column] for column in ("name", "place_id", "area_kind"))


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


def may_change(actor: Actor, place: units.Unit) -> bool:
    """Whether this person manages the values of a place; those of a unit that ended, at every unit it went into."""
    heirs = [units.unit_by_id(each.unit_id) for each in units.successors(place.id)] or [place]
    return all(access.may(actor, "parameter.manage", each.place) for each in heirs)


def change(actor: Actor, name: str, row: Row) -> None:
    """Set a value from a day on (or for a span of days) at one place; rows that overlap there are cut, never lost.

    Raises ``NotAllowed`` unless ``actor`` manages parameters at that place, ``BadInput`` with every mistake.
    """
    place = units.unit_by_code(row.place, row.place_on or db.today())
    if not may_change(actor, place):
        raise NotAllowed(access.role_missing(access.PERMISSIONS["parameter.manage"], Text(place.name, place.name)))
    _check(name, row)
    touch()  # first of all: two people who change the same span queue here, and the second cuts the row of the first
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
    elif not declarations[name].fits(tuple(row.value) if isinstance(row.value, list) else row.value):
        needed = PARAMETER_TYPES[declarations[name].type]
        wrong.append(
            Reason(
                "parameter_type",
                Text("Giá trị phải là {needed}", "The value must be {needed}").format(needed=needed),
                seen=str(row.value)[:80],
                needed=declarations[name].type,
                field="value",
            )
        )
    if row.area_kind is not None and row.area_kind not in units.CLASSIFICATIONS["difficulty"]:
        wrong.append(
            Reason(
                "area_kind_unknown",
                Text("Không có loại địa bàn này", "There is no such kind of area"),
                seen=row.area_kind[:80],
                needed=list(units.CLASSIFICATIONS["difficulty"]),
                field="area_kind",
            )
        )
    if len(row.source) > 500 or len(row.note) > 1000:
        wrong.append(
            Reason(
                "too_long",
                Text("Văn bản tối đa 500 ký tự, ghi chú tối đa 1.000", "At most 500 characters, 1,000 for the note"),
                field="source" if len(row.source) > 500 else "note",
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


_rows_of = (
    select(parameter, access.user.c.name.label("by"))
    .join(access.user, access.user.c.id == parameter.c.recorded_by, isouter=True)
    .where(parameter.c.name == bindparam("name"))
    .order_by(parameter.c.recorded_at.desc(), parameter.c.id.desc())
)


def rows_of(name: str) -> list[Any]:
    """Every row there ever was of a name, the latest written first, with ``by``: who wrote it."""
    return list(db.execute(_rows_of, {"name": name}))


def _remainders(old: Any, new: Row) -> list[tuple[date | None, date | None]]:
    spans: list[tuple[date | None, date | None]] = []
    if new.valid_from and (old["valid_from"] or date.min) < new.valid_from:
        spans.append((old["valid_from"], new.valid_from - timedelta(days=1)))
    if new.valid_to and (old["valid_to"] or date.max) > new.valid_to:
        spans.append((new.valid_to + timedelta(days=1), old["valid_to"]))
    return spans
