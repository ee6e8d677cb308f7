"""How the manager of a place changes a value, and what was ever recorded of one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update

from core import db
from core.domain import access, units
from core.domain.access import Actor
from core.domain.parameters.tables import Row, overlap, parameter, touch, values_of
from core.errors import BadInput, NotAllowed, Reason
from core.parameters import PARAMETER_TYPES
from core.text import Text

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
    fresh = [values_of(name, row, place.id) | {"origin": None, "recorded_by": actor.id}]
    for old in db.execute(_current, {"name": name, "place_id": place.id}).mappings().all():
        if old["area_kind"] != row.area_kind or not overlap(old, row):
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


def _remainders(old: Any, new: Row) -> list[tuple[date | None, date | None]]:
    spans: list[tuple[date | None, date | None]] = []
    if new.valid_from and (old["valid_from"] or date.min) < new.valid_from:
        spans.append((old["valid_from"], new.valid_from - timedelta(days=1)))
    if new.valid_to and (old["valid_to"] or date.max) > new.valid_to:
        spans.append((new.valid_to + timedelta(days=1), old["valid_to"]))
    return spans


_rows_of = (
    select(parameter, access.user.c.name.label("by"))
    .join(access.user, access.user.c.id == parameter.c.recorded_by, isouter=True)
    .where(parameter.c.name == bindparam("name"))
    .order_by(parameter.c.recorded_at.desc(), parameter.c.id.desc())
)


def rows_of(name: str) -> list[Any]:
    """Every row there ever was of a name, the latest written first, with ``by``: who wrote it."""
    return list(db.execute(_rows_of, {"name": name}))
