"""Counts and amounts by programme, state and unit, within the reader's reach."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from core import db
from core.domain import access, units
from core.domain.access import Actor, visible_to
from core.domain.budget import commitment
from core.domain.cases import case
from core.domain.units import LEVEL_COLUMNS
from core.text import sort_key


@dataclass
class Line:
    """One unit or programme: its cases by state, and the đồng they asked for, were promised and were paid."""

    unit_id: int
    name: str
    states: dict[str, int] = field(default_factory=dict)
    asked: int = 0
    promised: int = 0
    paid: int = 0

    def add(self, row: Any) -> None:
        """Count the cases of one state: ``row`` has state, n and asked."""
        self.states[row.state] = row.n
        self.asked += int(row.asked)

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
    here = _within(actor, below)
    if programme:
        here.append(case.c.programme == programme)
    lines: dict[int, Line] = {}
    for row in db.execute(_by_state(column, here)):
        lines.setdefault(row.key, Line(row.key, "")).add(row)
    for row in db.execute(_money(column, here)):
        lines[row.key].promised, lines[row.key].paid = int(row.promised), int(row.paid)
    named = units.names(list(lines))
    for line in lines.values():
        line.name = named.get(line.unit_id, "")
    return sorted(lines.values(), key=lambda line: sort_key(line.name))


def by_programme(actor: Actor, below: units.Unit | None = None) -> list[Line]:
    """A line for every programme with cases within reach below a unit (None: anywhere), its code as the name."""
    access.require(actor, "indicator.view")
    here = _within(actor, below)
    lines: dict[str, Line] = {}
    for row in db.execute(_by_state(case.c.programme, here)):
        lines.setdefault(row.key, Line(0, row.key)).add(row)
    for row in db.execute(_money(case.c.programme, here)):
        lines[row.key].promised, lines[row.key].paid = int(row.promised), int(row.paid)
    return [lines[code] for code in sorted(lines)]


def total(lines: Iterable[Line]) -> Line:
    """The sum of lines."""
    found = Line(0, "")
    for line in lines:
        for state, count in line.states.items():
            found.states[state] = found.states.get(state, 0) + count
        found.asked += line.asked
        found.promised += line.promised
        found.paid += line.paid
    return found


def _within(actor: Actor, below: units.Unit | None) -> list[ColumnElement[bool]]:
    there = [case.c[LEVEL_COLUMNS[below.level]] == below.id] if below is not None and below.level else []
    return [visible_to(actor, case), *there]


def _by_state(column: Any, here: Sequence[Any]) -> Select[Any]:
    return (
        select(column.label("key"), case.c.state, func.count().label("n"), func.sum(case.c.amount).label("asked"))
        .where(*here)
        .group_by(column, case.c.state)
    )


def _money(column: Any, here: Sequence[Any]) -> Select[Any]:
    return (
        select(
            column.label("key"),
            func.sum(commitment.c.amount - commitment.c.released).label("promised"),
            func.sum(commitment.c.paid).label("paid"),
        )
        .join_from(case, commitment, commitment.c.case_id == case.c.id)
        .where(*here)
        .group_by(column)
    )
