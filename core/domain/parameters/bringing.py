"""How the rows of plugins come in, and what of all rows is in force."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, update

from core import db
from core.domain import units
from core.domain.parameters.tables import Declared, Row, overlap, parameter, touch, values_of
from core.parameters import ParameterRow, Parameters
from core.text import canonical

log = logging.getLogger(__name__)


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
        values = values_of(name, row, units.unit_by_code(row.place, row.place_on or db.today()).id)
        if any(_same_place(dict(old), values) and overlap(old, row) for old in standing):
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
