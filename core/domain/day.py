"""One person's day: cases that came back and why, deadlines, what each case lacks next, and the visits by village.

Every group is the most urgent few with a count of all: a day has to fit a telephone and one sheet of paper, and asks
the database as often for three cases as for three thousand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, not_, select

from core import db
from core.domain import access, cases, history, monitoring, people, tasks, units
from core.domain.access import Actor
from core.errors import Reason
from core.text import Text
from core.workflow import Machine, Transition

SHOWN = 5  # cases of a group
VISITS = 10
SOON = 7  # days within which a deadline counts as near
MOST = 1000  # counting stops here


@dataclass(frozen=True)
class Work:
    """A case with what is to be done: ``reasons`` stand in the way of ``step``; ``sent_back`` is the act that returned
    it.
    """

    row: Any  # of ``tasks.worklist`` with every column of the case
    step: Transition | None
    reasons: tuple[Reason, ...]
    sent_back: history.Happened | None = None

    @property
    def due_on(self) -> Any:
        """The last day, None where there is no deadline."""
        return None if self.row.due_on == tasks.NEVER else self.row.due_on


@dataclass(frozen=True)
class Group:
    """The most urgent cases of a kind, and how many there are (at most ``MOST`` + 1)."""

    code: str  # returned, due or open
    works: tuple[Work, ...]
    count: int


@dataclass(frozen=True)
class Village:
    """The visits of one village with the way there: rows of ``monitoring.due``."""

    name: str
    unit: str
    visits: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class Day:
    """All of it. ``homes`` are the household's phone and address by key."""

    groups: tuple[Group, ...]
    villages: tuple[Village, ...]
    visits: int  # how many wait in all, at most ``MOST`` + 1
    homes: dict[int, Any]

    @property
    def empty(self) -> bool:
        """Whether nothing at all is to be done."""
        return not self.visits and not any(group.count for group in self.groups)


def of(actor: Actor) -> Day:
    """What waits for this person today, in the order in which to look at it."""
    groups = {code: _rows(actor, where) for code, where in _parts(actor).items()}
    shown = [row for rows, _ in groups.values() for row in rows]
    steps = {row.number: _step(actor, row) for row in shown}
    lacking = _lacking(actor, steps)
    sent_back = history.acts({row.case_id: row.round_seq for row in groups["returned"][0]})
    works = {
        code: Group(
            code,
            tuple(
                Work(row, steps[row.number], lacking.get(row.number, ()), sent_back.get(row.case_id)) for row in rows
            ),
            count,
        )
        for code, (rows, count) in groups.items()
    }
    visits, count = _first(monitoring.due(actor), VISITS)
    return Day(tuple(works.values()), tuple(by_village(visits)), count, homes({row.household_id for row in visits}))


def by_village(visits: Iterable[Any]) -> list[Village]:
    """Rows of ``monitoring.due`` by village; the village with the most urgent visit first."""
    rows = list(visits)
    named = units.names({row.unit_id for row in rows})
    found: dict[tuple[int, str], Village] = {}
    for row in rows:
        village = found.setdefault((row.unit_id, row.village), Village(row.village, named.get(row.unit_id, "")))
        village.visits.append(row)
    return list(found.values())


def homes(household_ids: Iterable[int | None]) -> dict[int, Any]:
    """Where households are found: rows with ``id``, ``phone`` and ``address``, by key."""
    keys = [key for key in household_ids if key is not None]
    home = people.household.c
    rows = db.execute(select(home.id, home.phone, home.address).where(home.id.in_(keys))) if keys else ()
    return {row.id: row for row in rows}


def _parts(actor: Actor) -> dict[str, ColumnElement[bool]]:
    """Which tasks belong to which group, each to one. What this person can only wait for stands in none."""
    columns = tasks.task.c
    machines: Sequence[Machine] = [*db.registry().machines.values(), *db.registry().versions.values()]
    returning = {step.target for machine in machines for step in machine.workflow.transitions if step.new_round}
    editable = {
        state.code
        for machine in machines
        for state in machine.workflow.states
        if actor.roles & set(state.roles("edit"))
    }
    came_back = and_(columns.key.in_(sorted(returning)), columns.round_seq > 0)
    soon = columns.due_on <= db.today() + timedelta(days=SOON)
    return {
        "returned": came_back,
        "due": and_(not_(came_back), soon),
        "open": and_(columns.key.in_(sorted(editable)), not_(came_back), not_(soon)),
    }


def _rows(actor: Actor, where: ColumnElement[bool]) -> tuple[list[Any], int]:
    more = ("household_id", "programme_version", "workflow", "workflow_version")
    statement = tasks.worklist(actor, cases.case).add_columns(*(cases.case.c[name] for name in more))
    return _first(statement.where(tasks.task.c.kind == "state", where), SHOWN)


def _first(statement: Select[Any], most: int) -> tuple[list[Any], int]:
    """The first rows of a statement of tasks, and how many it has."""
    rows = list(db.execute(statement.limit(most + 1)))
    if len(rows) <= most:
        return rows, len(rows)
    counted = statement.with_only_columns(tasks.task.c.id, maintain_column_froms=True).order_by(None).limit(MOST + 1)
    return rows[:most], db.execute(select(func.count()).select_from(counted.subquery())).scalar_one()


def _step(actor: Actor, row: Any) -> Transition | None:
    """The step this person is expected to take: the first of the table that is theirs."""
    machine: Machine = db.registry().machine(row.workflow, row.workflow_version)
    leaving = machine.leaving(row.state) if row.state == row.key else ()
    mine = (step for step in leaving if access.held_at(actor, machine.roles(step, row.state), row) is not None)
    return next((step for step in mine if not step.automatic), None)


def _lacking(actor: Actor, steps: dict[str, Transition | None]) -> dict[str, tuple[Reason, ...]]:
    """What stands in the way of each case's step, by number; the cases of one step are judged together."""
    found: dict[str, tuple[Reason, ...]] = {}
    for code in dict.fromkeys(step.code for step in steps.values() if step):
        found |= cases.preview(actor, [number for number, step in steps.items() if step and step.code == code], code)
    return found


TITLES = {
    "returned": Text("Bị trả lại", "Sent back"),
    "due": Text("Quá hạn hoặc đến hạn trong 7 ngày", "Late, or due within 7 days"),
    "open": Text("Hồ sơ đang soạn và việc tiếp theo", "Cases in the making, and what comes next"),
}
