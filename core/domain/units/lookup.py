"""Find units by key, code or name, each with the name it bore on a date."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, and_, case, select

from core import db
from core.domain.units.tables import unit, unit_name, unit_successor, valid_on
from core.errors import NotFound, Reason
from core.text import Text, nfc, sought

LEVEL_COLUMNS = {1: "province_id", 2: "district_id", 3: "unit_id"}


class Place(NamedTuple):
    """Where something lies, as the ancestor columns of cases, households and tasks say it."""

    unit_id: int | None = None
    district_id: int | None = None
    province_id: int | None = None


@dataclass(frozen=True)
class Unit:
    """An administrative unit with the name it bears on the date it was asked for."""

    id: int
    code: str
    level: int
    name: str
    kind: str
    parent_id: int | None
    district_id: int | None
    province_id: int | None
    valid_from: date | None
    valid_to: date | None
    abbr: str | None = None

    @property
    def place(self) -> Place:
        """The unit as a place: the columns that a case lying in it has, as far as they are known."""
        ancestors = {LEVEL_COLUMNS[level]: value for level, value in ((1, self.province_id), (2, self.district_id))}
        if self.level:
            ancestors[LEVEL_COLUMNS[self.level]] = self.id
        return Place(**ancestors)


class Successor(NamedTuple):
    """What became of a unit: the unit it went into, whole or in part, and whether that part is taken by default."""

    unit_id: int
    share: str
    is_default: bool
    on_date: date


def level_column(level: int) -> str | None:
    """The column of cases, households and tasks that names their unit of ``level``; None for the whole country."""
    return LEVEL_COLUMNS.get(level)


def unit_by_id(unit_id: int, on: date | None = None) -> Unit:
    """The unit of that key, present or past, with its name on ``on`` (default today). Raises ``NotFound``."""
    on = on or db.today()
    memo = db.work().memo
    if (found := memo.get(("unit", unit_id, on))) is None:
        row = db.execute(select(unit).where(unit.c.id == unit_id)).first()
        if row is None:
            raise NotFound(Reason("unit_not_found", Text(
                "Không có đơn vị hành chính này.", "There is no such administrative unit."),
                seen=unit_id, field="unit"))
        found = memo[("unit", unit_id, on)] = _with_names([row], on)[0]
    return found


def unit_by_code(code: str, on: date) -> Unit:
    """The unit that bears the official ``code`` on ``on``; ``NotFound`` says what the code means on other dates."""
    code = code.strip()
    row = db.execute(select(unit).where(unit.c.code == code, valid_on(unit, on))).first()
    if row is None:
        raise NotFound(Reason("unit_not_found", _about_code(code, on), seen=code, field="unit"))
    return _with_names([row], on)[0]


def children(unit_id: int, on: date | None = None) -> tuple[Unit, ...]:
    """The units directly below, as they are on ``on`` (default today), in Vietnamese order of their names."""
    return _units_in_order(unit.c.parent_id == unit_id, on or db.today())


def search_units(text: str, on: date | None = None, level: int | None = None, *, within: int | None = None,
                 limit: int = 20) -> tuple[Unit, ...]:
    """Units valid on ``on`` whose name holds ``text``, marks and case aside, or whose code starts with it.

    Names that begin with it come first. ``within`` keeps to the units of one province or district.
    """
    on, wanted = on or db.today(), sought(text)
    if not wanted:
        return ()
    matching = unit.c.code.startswith(wanted, autoescape=True) if wanted.isdecimal() else (
        unit_name.c.folded.contains(wanted, autoescape=True))
    if level is not None:
        matching = and_(matching, unit.c.level == level)
    if within is not None:
        matching = and_(matching, (unit.c.province_id == within) | (unit.c.district_id == within))
    return _units_in_order(matching, on, limit, first=unit_name.c.folded.startswith(wanted, autoescape=True))


def names(ids: Collection[int], on: date | None = None) -> dict[int, str]:
    """The names of many units on ``on`` (default today), in one query; of a unit that ended, its last name."""
    return {key: row.name for key, row in _name_rows(ids, on or db.today()).items()}


def path_names(unit_id: int, on: date | None = None) -> str:
    """The unit and what it lies in, as an address says it: "Phường Kinh Bắc, tỉnh Bắc Ninh"."""
    found = unit_by_id(unit_id, on)
    above = [key for key in (found.district_id, found.province_id) if key is not None and key != unit_id]
    named = names(above, on)
    return ", ".join((found.name, *(named[key][:1].lower() + named[key][1:] for key in above)))


def successors(unit_id: int) -> tuple[Successor, ...]:
    """What became of a unit, the default part first. Empty while it exists; districts ended without any."""
    return tuple(Successor(row.to_id, row.share, row.is_default, row.on_date) for row in db.execute(
        select(unit_successor.c.to_id, unit_successor.c.share, unit_successor.c.is_default, unit_successor.c.on_date)
        .where(unit_successor.c.from_id == unit_id)
        .order_by(unit_successor.c.is_default.desc(), unit_successor.c.to_id)))


def _units_in_order(condition: ColumnElement[bool], on: date, limit: int | None = None,
                    first: ColumnElement[bool] | None = None) -> tuple[Unit, ...]:
    order = [unit_name.c.sort_key, unit.c.level, unit.c.code]
    rows = db.execute(
        select(unit, unit_name.c.name, unit_name.c.kind).join(unit_name, unit_name.c.unit_id == unit.c.id)
        .where(condition, valid_on(unit, on), valid_on(unit_name, on))
        .order_by(*([] if first is None else [case((first, 0), else_=1)]), *order).limit(limit))
    return tuple(_unit(row, row) for row in rows)


def _with_names(rows: Iterable[Row[Any]], on: date) -> list[Unit]:
    rows = list(rows)
    named = _name_rows([row.id for row in rows], on)
    return [_unit(row, named[row.id]) for row in rows]


def _unit(row: Row[Any], named: Row[Any]) -> Unit:
    return Unit(row.id, row.code, row.level, named.name, named.kind, row.parent_id, row.district_id, row.province_id,
                row.valid_from, row.valid_to, row.abbr)


def _name_rows(ids: Collection[int], on: date) -> dict[int, Row[Any]]:
    """Each unit's name row on ``on``; failing that the last one before, failing that the first one after."""
    rows = db.execute(select(unit_name.c.unit_id, unit_name.c.name, unit_name.c.kind, unit_name.c.valid_from)
                      .where(unit_name.c.unit_id.in_(set(ids)))).all()
    found: dict[int, Row[Any]] = {}
    for row in sorted(rows, key=lambda row: row.valid_from or date.min):
        if row.unit_id not in found or (row.valid_from or date.min) <= on:
            found[row.unit_id] = row
    return found


def _about_code(code: str, on: date) -> Text:
    """Why nothing bears ``code`` on ``on``, and what to write instead."""
    rows = db.execute(select(unit).where(unit.c.code == code)).all()
    if not rows:
        return Text("Không có đơn vị hành chính nào mang mã {code}.",
                    "No administrative unit bears the code {code}.").format(code=nfc(code))
    ended = [row for row in rows if row.valid_to is not None and row.valid_to < on]
    if not ended:
        first = min(rows, key=lambda row: row.valid_from)
        said = Text("Mã {code} ({name}) chỉ dùng từ {start}.", "Code {code} ({name}) is in use only since {start}.")
        return said.format(code=code, name=_with_names([first], on)[0].name, start=f"{first.valid_from:%d/%m/%Y}")
    last = max(ended, key=lambda row: row.valid_to)
    after = [unit_by_id(successor.unit_id, on) for successor in successors(last.id)]
    said = Text("Mã {code} ({name}) chỉ dùng đến {end}; ", "Code {code} ({name}) was in use until {end}; ").format(
        code=code, name=_with_names([last], on)[0].name, end=f"{last.valid_to:%d/%m/%Y}")
    if not after:
        return Text(said.vi + "từ đó không còn đơn vị này.", said.en + "the unit no longer exists.")
    now = ", ".join(f"{item.code} {item.name}" for item in after)
    return Text(f"{said.vi}nay là {now}.", f"{said.en}it is now {now}.")
