"""The visits of a case: planned when it is approved, gates for later steps."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Integer,
    Select,
    String,
    Table,
    Text as LongText,
    UniqueConstraint,
    bindparam,
    select,
    update,
)

from core import db
from core.domain import access, cases, disbursement, programmes, tasks
from core.domain.access import Actor
from core.domain.programmes import Step, applies
from core.errors import NotFound, Reason
from core.text import Text
from core.workflow import Batch, Effect, Requirement, Wait

visit = Table(
    "visit",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("case_id", BigInteger, ForeignKey("case.id"), nullable=False),
    Column("step", String(64), nullable=False),
    Column("attempt", Integer, nullable=False),  # a check that was not passed is planned again
    Column("due_on", Date),  # none while the step it comes after has not been passed
    Column("visited_on", Date),
    Column("passed", Integer),
    Column("answers", LongText, nullable=False, default="{}"),
    Column("note", LongText, nullable=False, default=""),
    Column("verdicts", LongText, nullable=False, default="[]"),
    Column("recorded_at", db.Moment),
    Column("recorded_by", BigInteger),
    Column("cancelled_at", db.Moment),
    Column("draft", LongText),  # canonical JSON: what somebody is writing down, or has handed in before its pictures
    UniqueConstraint("case_id", "step", "attempt"),
)


def _due(step: Step, row: Any, start: date, on: date) -> date | None:
    """The day a step is due when what it comes after was on ``start``; None when the place has no value for it."""
    if step.due not in db.registry().parameters.declarations:
        return None  # a check that the programme no longer has
    value = programmes.resolve(row, on)(step.due)
    if value is None or value.value is None:
        return None
    count = int(value.value)  # type: ignore[arg-type]
    return tasks.days_later(start, count) if step.unit == "days" else _add_months(start, count)


def step_of(row: Any, code: str) -> Step:
    """A planned check as the programme describes it now, or as the case's form does when the programme lost it.

    Raises ``NotFound`` when neither does.
    """
    in_force = db.registry().programmes.get(row.programme)
    steps = (*(in_force.programme.steps if in_force else ()), *cases.form_of(row).steps)
    found = next((each for each in steps if each.code == code), None)
    if found is None:
        gone = Text("Chương trình không còn bước kiểm tra này", "The programme no longer has this check")
        raise NotFound(Reason("visit_unknown", gone, seen=code[:40]))
    return found


def _add_months(start: date, months: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        return tasks.NEVER
    for day in range(start.day, 27, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    return date(year, month + 1, min(start.day, 28))


def _plan_visits(batch: Batch) -> None:
    rows, waits = [], []
    for row in batch.cases:
        answers = json.loads(row.answers)
        for step in batch.programme.steps:
            due = _due(step, row, batch.on, batch.on) if applies(step, answers) else None
            if due is not None:
                first = step.after == "approve"
                rows.append(_planned(row.id, step.code, 1, due if first else None))
                if first:
                    waits.append(tasks.row_for(row, "visit", step.code, _wait(step), row.programme, batch.on, due))
    if rows:
        db.insert_rows(visit, rows)
    tasks.add(waits)


def _planned(case_id: int, step: str, attempt: int, due_on: date | None) -> dict[str, Any]:
    return {
        "id": db.new_id(),
        "case_id": case_id,
        "step": step,
        "attempt": attempt,
        "due_on": due_on,
        "visited_on": None,
        "passed": None,
        "answers": "{}",
        "note": "",
        "verdicts": "[]",
        "recorded_at": None,
        "recorded_by": None,
        "cancelled_at": None,
    }


def _wait(step: Step) -> Wait:
    return Wait("monitor", step.title)


def _cancel(batch: Batch) -> None:
    db.execute(
        update(visit)
        .where(visit.c.case_id.in_([row.id for row in batch.cases]), visit.c.recorded_at.is_(None))
        .values(cancelled_at=db.now())
    )


_open = (
    select(visit)
    .where(
        visit.c.case_id.in_(bindparam("ids", expanding=True)),
        visit.c.recorded_at.is_(None),
        visit.c.cancelled_at.is_(None),
    )
    .order_by(visit.c.due_on, visit.c.id)
)


def _gates_open(batch: Batch) -> dict[int, list[Reason]]:
    """The planned steps that this transition waits for have all been passed."""
    steps = {step.code: step for step in batch.programme.steps if batch.transition.code in step.gates}
    found: dict[int, list[Reason]] = {}
    for row in db.execute(_open, {"ids": [case.id for case in batch.cases]}) if steps else ():
        if row.step in steps:
            due = f"{row.due_on:%d/%m/%Y}" if row.due_on else ""
            found.setdefault(row.case_id, []).append(
                Reason(
                    "step_not_passed",
                    Text(
                        f"Chưa đạt bước kiểm tra: {steps[row.step].title.vi}" + (f" (hạn {due})" if due else ""),
                        f"Check not passed yet: {steps[row.step].title.en}" + (f" (due {due})" if due else ""),
                    ),
                    needed=row.step,
                )
            )
    return found


def _await_checks(batch: Batch) -> None:
    """Whoever acts next cannot before the last planned check, so the deadline counts from the day that one is due."""
    gates = {step.code for step in batch.programme.steps if set(step.gates) - {batch.transition.code}}
    for row in db.execute(_open, {"ids": [case.id for case in batch.cases]}):
        if row.step in gates and row.due_on:
            batch.starts[row.case_id] = max(row.due_on, batch.starts.get(row.case_id, row.due_on))


REQUIREMENTS = (
    Requirement(
        "visits_passed",
        Text("Các lần kiểm tra trước bước này đã đạt", "The checks before this step are passed"),
        _gates_open,
    ),
)


EFFECTS = (
    Effect("plan_visits", Text("Lập lịch kiểm tra", "Plan the visits"), _plan_visits),
    Effect("cancel_visits", Text("Bỏ các lần kiểm tra còn lại", "Cancel the remaining visits"), _cancel),
    Effect(
        "await_checks",
        Text("Tính hạn bước sau từ lần kiểm tra còn lại", "Count the next deadline from the check still to come"),
        _await_checks,
    ),
)


_of_case = (
    select(visit).where(visit.c.case_id == bindparam("case_id"), visit.c.cancelled_at.is_(None)).order_by(visit.c.id)
)


def of_case(case_id: int) -> list[Any]:
    """The visits of a case, planned and recorded, in order."""
    return list(db.execute(_of_case, {"case_id": case_id}))


def open_gates(row: Any, step: Step, visited_on: date) -> None:
    """Let what waits for the step begin: later visits get their dates, the next instalment can be paid."""
    db.execute(disbursement.passed_step.insert(), {"case_id": row.id, "step": step.code, "passed_on": visited_on})
    for later in of_case(row.id):
        if later.recorded_at is not None or later.due_on is not None:
            continue
        following = step_of(row, later.step)
        if following.after == step.code:
            due = _due(following, row, visited_on, db.today()) or db.today()
            db.execute(update(visit).where(visit.c.id == later.id).values(due_on=due))
            tasks.add([tasks.row_for(row, "visit", later.step, _wait(following), row.programme, db.today(), due)])
    disbursement.ask_next(row, db.today())


def plan_again(row: Any, planned: Any, step: Step) -> None:
    due = _due(step, row, db.today(), db.today()) or db.today()
    db.execute(visit.insert(), _planned(row.id, step.code, planned.attempt + 1, due))
    tasks.add([tasks.row_for(row, "visit", step.code, _wait(step), row.programme, db.today(), due)])


def due(actor: Actor) -> Select[Any]:
    """A statement of the visits this person may record, most urgent first; the way in pages it by (due_on, id).

    A visit waits for the monitor; an officer of the commune may make it as well, so both see it.

    Columns: those of ``task``, and of the case ``number``, ``subject_name``, ``village``, ``household_id`` and
    ``programme_version``.
    """
    task, case = tasks.task, cases.case
    return (
        select(task, case.c.number, case.c.subject_name, case.c.village, case.c.household_id, case.c.programme_version)
        .join(case, case.c.id == task.c.case_id)
        .where(task.c.kind == "visit", access.within_reach(actor, task, "visit.record"), access.visible_to(actor, case))
        .order_by(task.c.due_on, task.c.id)
    )


def title_of(row: Any) -> Text:
    """The title of a waiting visit (a row of ``due``); it is there also when the programme is gone."""
    form = db.registry().forms[row.programme, row.programme_version]
    return next((step.title for step in form.steps if step.code == row.key), Text(row.key, row.key))
