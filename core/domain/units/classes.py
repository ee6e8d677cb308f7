"""Rural or urban, difficult or not: two dated classifications of communes and villages."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, Date, and_, bindparam, insert, or_, select, union_all

from core import db
from core.domain.units.tables import CLASSIFICATIONS, SETTLEMENTS, unit, unit_class, unit_name, valid_on
from core.errors import BadInput, Reason
from core.text import Text, fold, nfc

_IDS: ColumnElement[int] = bindparam("ids", expanding=True)
_ON = bindparam("on", type_=Date)
_typed = (
    select(unit.c.id, unit.c.settlement, unit_name.c.kind).join(unit_name, unit_name.c.unit_id == unit.c.id)
    .where(unit.c.id.in_(_IDS), valid_on(unit_name, _ON))
)
_settlements = select(unit_class.c.unit_id, unit_class.c.value).where(
    unit_class.c.unit_id.in_(_IDS), unit_class.c.classification == "settlement", unit_class.c.village.is_(None),
    valid_on(unit_class, _ON))
_difficulties = select(unit_class.c.unit_id, unit_class.c.village, unit_class.c.value).where(
    unit_class.c.unit_id.in_(_IDS), unit_class.c.classification == "difficulty", valid_on(unit_class, _ON))


def settlement(unit_id: int, on: date) -> str | None:
    """"rural" or "urban" on ``on``; None when it is not known (see ``settlements``)."""
    return settlements([unit_id], on)[unit_id]


def settlements(ids: Collection[int], on: date) -> dict[int, str | None]:
    """"rural", "urban" or None (not known) for many units on ``on``, in two queries.

    A decision recorded with ``classify`` comes first. Otherwise the type of the unit says it: xã rural, phường and thị
    trấn urban. It is not known for a đặc khu, nor for a unit converted on 01/07/2025 or later (same code, other class
    before): whether its households keep their line is open in law.
    """
    keys = set(ids)
    found: dict[int, str | None] = dict.fromkeys(keys)
    asked = {"ids": list(keys), "on": on}
    for row in db.execute(_typed, asked):
        now = SETTLEMENTS.get(row.kind)
        found[row.id] = now if row.settlement in (None, now) else None
    for row in db.execute(_settlements, asked):
        found[row.unit_id] = None if row.value == "unknown" else row.value
    return found


def difficulty(unit_id: int, on: date, village: str | None = None) -> str | None:
    """How difficult a commune is on ``on``, or its ``village`` where that was set; None when nothing was."""
    return difficulties([(unit_id, village)], on)[unit_id, village]


def difficulties(places: Collection[tuple[int, str | None]], on: date) -> dict[tuple[int, str | None], str | None]:
    """How difficult many (unit, village) are on ``on``, in one query."""
    rows = db.execute(_difficulties, {"ids": list({unit_id for unit_id, _ in places}), "on": on})
    values = {(row.unit_id, fold(row.village or "")): row.value for row in rows}
    return {(unit_id, village): values.get((unit_id, fold(village or "")), values.get((unit_id, "")))
            for unit_id, village in places}


_turned = union_all(
    *(
        select(table.c.unit_id).where(
            table.c.unit_id.in_(_IDS),
            or_(
                and_(table.c.valid_from > bindparam("first", type_=Date), table.c.valid_from <= _ON),
                and_(table.c.valid_to >= bindparam("first", type_=Date), table.c.valid_to < _ON),
            ),
        )
        for table in (unit_class, unit_name)
    )
)


def reclassified(ids: Collection[int], first: date, last: date) -> set[int]:
    """Those of the units whose name, type or classes begin or end between two days, in one query."""
    rows = db.execute(_turned, {"ids": list(set(ids)), "first": first, "on": last})
    return {row.unit_id for row in rows}


def classify(unit_id: int, classification: str, value: str, valid_from: date, *, valid_to: date | None = None,
             village: str | None = None, source: str, verified: bool,
             recorded_by: int | None = None) -> int:
    """Record what a decision says of a commune or village; returns the key of the row.

    ``classification`` and ``value`` as in ``CLASSIFICATIONS``. Raises ``BadInput`` for others, for a period that ends
    before it begins, and when another row of the same place and classification holds in it.
    """
    village = nfc(village) if village else None
    if value not in CLASSIFICATIONS.get(classification, ()):
        raise BadInput(Reason("unit_class", Text("Không có loại này.", "There is no such class."), seen=value,
                              needed=list(CLASSIFICATIONS.get(classification, CLASSIFICATIONS)), field="value"))
    if valid_to is not None and valid_to < valid_from:
        raise BadInput(Reason("unit_class_period", Text(
            "Ngày kết thúc trước ngày bắt đầu.", "The end is before the start."),
            seen=valid_to.isoformat(), needed=valid_from.isoformat(), field="valid_to"))
    overlapping = db.execute(
        select(unit_class.c.village, unit_class.c.source)
        .where(unit_class.c.unit_id == unit_id, unit_class.c.classification == classification,
               or_(unit_class.c.valid_to.is_(None), unit_class.c.valid_to >= valid_from),
               unit_class.c.valid_from <= (valid_to or date.max))).all()
    if taken := [row for row in overlapping if fold(row.village or "") == fold(village or "")]:
        raise BadInput(Reason("unit_class_overlaps", Text(
            "Trong thời gian này đã có phân loại theo {source}.", "Another class holds in this period, by {source}.",
        ).format(source=taken[0].source), seen=valid_from.isoformat(), field="valid_from"))
    key = db.new_id()
    db.execute(insert(unit_class), {
        "id": key, "unit_id": unit_id, "village": village, "classification": classification, "value": value,
        "valid_from": valid_from, "valid_to": valid_to, "source": source, "verified": verified,
        "recorded_at": db.now(), "recorded_by": recorded_by})
    return key
