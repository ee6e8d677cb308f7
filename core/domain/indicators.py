"""Counts and amounts by programme, state and unit, within the reader's reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from core import db
from core.domain import access, units
from core.domain.access import Actor, visible_to
from core.domain.budget import commitment
from core.domain.cases import case
from core.text import sort_key


@dataclass
class Line:
    """One unit: cases by state, households' đồng asked, promised and paid."""

    unit_id: int
    name: str
    states: dict[str, int] = field(default_factory=dict)
    asked: int = 0
    promised: int = 0
    paid: int = 0

    @property
    def cases(self) -> int:
        """How many cases in all."""
        return sum(self.states.values())


def overview(actor: Actor, programme: str = "", below: units.Unit | None = None) -> list[Line]:
    """A line for each unit below ``below`` (None: provinces; a province: its communes) that has a case the actor
    may see.
    """
    access.require(actor, "indicator.view")
    column = case.c.province_id if below is None or below.level == 0 else case.c.unit_id
    here = [visible_to(actor, case)]
    if programme:
        here.append(case.c.programme == programme)
    if below is not None and below.level:
        here.append({1: case.c.province_id, 2: case.c.district_id, 3: case.c.unit_id}[below.level] == below.id)
    lines: dict[int, Line] = {}
    for row in db.execute(
        select(column.label("unit"), case.c.state, func.count().label("n"), func.sum(case.c.amount).label("asked"))
        .where(*here)
        .group_by(column, case.c.state)
    ):
        line = lines.setdefault(row.unit, Line(row.unit, ""))
        line.states[row.state] = row.n
        line.asked += int(row.asked)
    for row in db.execute(
        select(
            column.label("unit"),
            func.sum(commitment.c.amount - commitment.c.released).label("promised"),
            func.sum(commitment.c.paid).label("paid"),
        )
        .join(commitment, commitment.c.case_id == case.c.id)
        .where(*here)
        .group_by(column)
    ):
        lines[row.unit].promised, lines[row.unit].paid = int(row.promised), int(row.paid)
    named = units.names(list(lines))
    for line in lines.values():
        line.name = named.get(line.unit_id, "")
    return sorted(lines.values(), key=lambda line: sort_key(line.name))


def by_programme(actor: Actor) -> list[Mapping[str, Any]]:
    """For every programme with cases within reach: how many in each state, and the đồng asked."""
    access.require(actor, "indicator.view")
    found: dict[str, dict[str, Any]] = {}
    for row in db.execute(
        select(case.c.programme, case.c.state, func.count().label("n"), func.sum(case.c.amount).label("asked"))
        .where(visible_to(actor, case))
        .group_by(case.c.programme, case.c.state)
    ):
        one = found.setdefault(row.programme, {"programme": row.programme, "states": {}, "asked": 0})
        one["states"][row.state] = row.n
        one["asked"] += int(row.asked)
    return list(found.values())
