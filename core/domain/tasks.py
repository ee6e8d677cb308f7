"""What waits for whom: a row for each desk a case waits at, written by the step that brings it there; worklists
read nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    false,
    or_,
    select,
    true,
    update,
)

from core import db
from core.domain import programmes
from core.domain.access import Actor
from core.domain.history import history
from core.domain.units import LEVEL_COLUMNS
from core.workflow import State, Wait

LEVELS = {"province": 1, "district": 2, "commune": 3}

task = Table(
    "task",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("case_id", BigInteger, nullable=False),
    Column("kind", String(16), nullable=False),  # state, visit or payment
    Column("key", String(64), nullable=False),  # the state, the monitoring step or the instalment
    Column("role", String(32), nullable=False),
    Column("level", Integer),  # the level at which the role must be held; none: any
    Column("programme", String(64), nullable=False),
    Column("unit_id", Integer, ForeignKey("unit.id"), nullable=False),
    Column("district_id", Integer),
    Column("province_id", Integer, nullable=False),
    Column("round_seq", Integer, nullable=False),  # history rows after this one belong to the present round
    Column("not_by", String(200), nullable=False),  # acts of this round whose doers it does not wait for
    Column("since", db.Moment, nullable=False),
    Column("due_on", Date, nullable=False),
    Index("ix_task_case_id", "case_id"),
    Index("ix_task_role_unit_id", "role", "unit_id", "due_on", "id"),
    Index("ix_task_role_district_id", "role", "district_id", "due_on", "id"),
    Index("ix_task_role_province_id", "role", "province_id", "due_on", "id"),
    Index("ix_task_role_due_on", "role", "due_on", "id"),
)

NEVER = date(9999, 12, 31)  # due date of what has no deadline: sorts last, shown as none

_delete_state = delete(task).where(task.c.case_id.in_(bindparam("ids", expanding=True)), task.c.kind == "state")
_delete_one = delete(task).where(
    task.c.case_id == bindparam("case"), task.c.kind == bindparam("kind_"), task.c.key == bindparam("key_")
)
_delete_all = delete(task).where(task.c.case_id.in_(bindparam("ids", expanding=True)))


def level_of(procedure: str, programme: str, place: Any, on: date) -> tuple[int | None, Any]:
    """At which level the deciding role must be held, and the row that says so; (None, None) when no rule narrows it.

    Looked up by procedure, date and place: first what is set for the programme, then what holds for the procedure.
    """
    if not procedure:
        return None, None
    values = programmes.resolve(place, on)
    for name in (f"authority.{programme}.{procedure}", f"authority.{procedure}"):
        if name in db.registry().parameters.declarations:
            row = values(name)
            if row is not None and row.value is not None:
                return LEVELS[str(row.value)], row
    return None, None


def row_for(
    case: Any,
    kind: str,
    key: str,
    wait: Wait,
    programme: str,
    on: date,
    due_on: date | None = None,
    not_by: Sequence[str] = (),
) -> dict[str, Any]:
    """The task of one desk. ``case`` has id, state, round_seq and the place columns."""
    return {
        "id": db.new_id(),
        "case_id": case.id,
        "kind": kind,
        "key": key,
        "role": wait.role,
        "level": level_of(wait.procedure, programme, case, on)[0],
        "programme": programme,
        "unit_id": case.unit_id,
        "district_id": case.district_id,
        "province_id": case.province_id,
        "round_seq": case.round_seq,
        "not_by": ",".join(not_by),
        "since": db.now(),
        "due_on": due_on or deadline(wait, case, on) or NEVER,
    }


def deadline(wait: Wait, place: Any, on: date, start: date | None = None) -> date | None:
    """The day until which a desk has to act, by the law of ``on``, counted from ``start`` (default ``on``).

    None when no deadline is set.
    """
    if not wait.deadline or wait.deadline not in db.registry().parameters.declarations:
        return None
    row = programmes.resolve(place, on)(wait.deadline)
    return days_later(start or on, row.value) if row is not None and isinstance(row.value, int) else None


def days_later(start: date, days: int) -> date:
    """The day so many days after ``start``; one that no calendar has is never."""
    try:
        return start + timedelta(days=days)
    except OverflowError:
        return NEVER


def arrive(
    cases: Sequence[Any],
    state: State,
    programme: str,
    on: date,
    not_by: Sequence[str] = (),
    starts: Mapping[int, date] = MappingProxyType({}),
) -> None:
    """Have cases wait at the desks of the state they arrived in, and no longer at those of the state they left.

    A case in a final state waits nowhere. ``starts`` are the days, by case, before which its desk can do nothing.
    """
    db.execute(_delete_all if state.final else _delete_state, {"ids": [case.id for case in cases]})
    rows = [
        row_for(
            case,
            "state",
            state.code,
            wait,
            programme,
            on,
            deadline(wait, case, on, starts.get(case.id)),
            not_by if wait.procedure else (),
        )
        for wait in state.waits
        for case in cases
    ]
    if rows:
        db.insert_rows(task, rows)


def add(rows: Sequence[dict[str, Any]]) -> None:
    """Have cases wait at further desks: visits, payments."""
    if rows:
        db.insert_rows(task, rows)


def done(case_id: int, kind: str, key: str) -> None:
    """Take a case off one desk."""
    db.execute(_delete_one, {"case": case_id, "kind_": kind, "key_": key})


_relevel = update(task).where(task.c.id == bindparam("b_id")).values(level=bindparam("b_level"))
_AT_ONCE = 1000


def rebuild(case_table: Any) -> int:
    """Look up again, by the law of today, at which level each desk decides; gives how many tasks it changed.

    A task keeps the level of the day its case arrived: needed when a rule was changed or has started since.
    """
    same = (
        *(case_table.c[name] for name in ("workflow", "workflow_version", "village")),
        *(task.c[name] for name in ("programme", "key", "role", "level", "unit_id", "district_id", "province_id")),
    )
    waiting = select(*same).join(case_table, case_table.c.id == task.c.case_id).where(task.c.kind == "state")
    groups = db.execute(waiting.distinct()).all()
    programmes.resolve_ahead(groups, db.today())
    wrong: list[tuple[int, int, int | None]] = []
    for group in groups:
        level = _level_today(group)
        if level != group.level:
            those = [column.is_not_distinct_from(value) for column, value in zip(same, group, strict=True)]
            rows = db.execute(waiting.where(*those).with_only_columns(task.c.case_id, task.c.id))
            wrong += [(row.case_id, row.id, level) for row in rows]
    wrong.sort(key=lambda each: each[:2])  # whoever moves cases locks them in this order, then their tasks: no deadlock
    for start in range(0, len(wrong), _AT_ONCE):
        chunk = wrong[start : start + _AT_ONCE]
        locked = select(case_table.c.id).where(case_table.c.id.in_({case_id for case_id, _, _ in chunk}))
        db.execute(locked.order_by(case_table.c.id).with_for_update())
        db.execute(_relevel, [{"b_id": task_id, "b_level": level} for _, task_id, level in chunk])
    return len(wrong)


def _level_today(group: Any) -> int | None:
    """The level of a desk by today's law; as it was, when the workflow that the case runs on is not there."""
    machine = db.registry().versions.get((group.workflow, group.workflow_version))
    waits = machine.workflow.state(group.key).waits if machine is not None else ()
    wait = next((wait for wait in waits if wait.role == group.role), None)
    if wait is None:
        found: int | None = group.level
        return found
    return level_of(wait.procedure, group.programme, group, db.today())[0]


def waiting_for(actor: Actor) -> ColumnElement[bool]:
    """The tasks that wait for exactly this person: role, place and level fit, and four eyes do not forbid it."""
    terms = []
    for held in actor.grants:
        here = true() if held.level == 0 else task.c[LEVEL_COLUMNS[held.level]] == held.unit_id
        terms.append(and_(task.c.role == held.role, here, or_(task.c.level.is_(None), task.c.level == held.level)))
    own_hand = exists().where(
        history.c.case_id == task.c.case_id,
        history.c.seq > task.c.round_seq,
        history.c.actor_id == actor.id,
        ("," + task.c.not_by + ",").contains("," + history.c.action + ","),
    )
    return and_(or_(*terms), or_(task.c.not_by == "", ~own_hand)) if terms else false()


def worklist(actor: Actor, case_table: Any) -> Select[Any]:
    """A statement of what waits for the person, most urgent first; the way in filters and pages it by (due_on, id)."""
    shown = ("number", "state", "subject_name", "village", "version")  # a task outlives states
    return (
        select(task, *(case_table.c[name] for name in shown))
        .join(case_table, case_table.c.id == task.c.case_id)
        .where(waiting_for(actor))
        .order_by(task.c.due_on, task.c.id)
    )


def of_case(case_id: int) -> list[Any]:
    """The desks a case waits at."""
    return list(db.execute(_of_case, {"case_id": case_id}))


_of_case = select(task).where(task.c.case_id == bindparam("case_id")).order_by(task.c.due_on, task.c.id)
