"""Visits: planned when a case is approved, recorded on the spot, judged by the programme's criteria; gates for money and closing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    UniqueConstraint,
    bindparam,
    select,
    update,
)

from core import db
from core.domain import access, cases, disbursement, documents, programmes, tasks
from core.domain.access import Actor
from core.domain.programmes import Step, applies
from core.errors import BadInput, NotAllowed, NotFound, Reason, Refused, Unmet, WrongState
from core.fields import Field, parse_date, read
from core.text import Text, canonical
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
    UniqueConstraint("case_id", "step", "attempt"),
)

FIELDS = (  # asked at every visit, after the step's own questions
    Field("visited_on", "date", Text("Ngày kiểm tra", "Visited on"), required=True),
    Field("passed", "yes_no", Text("Đạt yêu cầu", "Passed"), required=True),
    Field("note", "long_text", Text("Nhận xét", "Remarks"), maximum=2000, privacy="personal"),
)


def fields_of(step: Step) -> tuple[Field, ...]:
    """Every question of a visit of this step."""
    return (*step.fields, *FIELDS)


def _due(step: Step, row: Any, start: date, on: date) -> date | None:
    """The day a step is due when what it comes after was on ``start``; None when the place has no value for it."""
    value = programmes.resolve(row, on)(step.due)
    if value is None or value.value is None:
        return None
    count = int(value.value)  # type: ignore[arg-type]
    return start + timedelta(days=count) if step.unit == "days" else _add_months(start, count)


def _add_months(start: date, months: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    for day in range(start.day, 27, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    return date(year, month + 1, min(start.day, 28))


def _plan_visits(batch: Batch) -> None:
    rows, waits = [], []
    for row in batch.cases:
        programme = db.registry().programme(row.programme).programme
        answers = json.loads(row.answers)
        for step in programme.steps:
            due = _due(step, row, batch.on, batch.on) if applies(step, answers) else None
            if due is not None:
                first = step.after == "approve"
                rows.append(_planned(row.id, step.code, 1, due if first else None))
                if first:
                    waits.append(tasks.row_for(row, "visit", step.code, _wait(step), row.programme, batch.on, due))
    if rows:
        db.execute(visit.insert(), rows)
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
    if not batch.cases:
        return {}
    steps = {
        step.code: step
        for step in db.registry().programme(batch.cases[0].programme).programme.steps
        if batch.transition.code in step.gates
    }
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
)

_of_case = (
    select(visit).where(visit.c.case_id == bindparam("case_id"), visit.c.cancelled_at.is_(None)).order_by(visit.c.id)
)


def of_case(case_id: int) -> list[Any]:
    """The visits of a case, planned and recorded, in order."""
    return list(db.execute(_of_case, {"case_id": case_id}))


def open_visit(row: Any, step: str) -> Any:
    """The planned visit of a step. Raises ``NotFound`` naming the steps that are planned, ``WrongState`` when it is done already."""
    planned = of_case(row.id)
    found = next((each for each in planned if each.step == step and each.recorded_at is None), None)
    if found is None and any(each.step == step for each in planned):
        last = max(each.visited_on for each in planned if each.step == step)
        raise WrongState(
            Reason(
                "visit_done",
                Text(
                    f"Bước kiểm tra này đã được ghi ngày {last:%d/%m/%Y}", f"This check was recorded on {last:%d/%m/%Y}"
                ),
                seen=last.isoformat(),
            )
        )
    if found is None:
        known = ", ".join(dict.fromkeys(each.step for each in planned if each.recorded_at is None)) or "–"
        raise NotFound(
            Reason(
                "visit_unknown",
                Text(
                    f"Hồ sơ không có bước kiểm tra này. Đang chờ: {known}",
                    f"The case has no such check. Waiting: {known}",
                ),
                seen=step[:40],
            )
        )
    return found


@dataclass(frozen=True)
class Recorded:
    """What came of a visit: whether the step is passed, why not, and the case as it is then."""

    passed: bool
    reasons: tuple[Reason, ...]
    case: Any


def why_not(actor: Actor, row: Any, planned: Any) -> list[Reason]:
    """Everything that stands in the way of this person recording this visit now."""
    return [reason for refusal in _refusals(actor, row, planned) for reason in refusal.reasons]


def _refusals(actor: Actor, row: Any, planned: Any) -> list[Refused]:
    workflow = db.registry().machine(row.workflow, row.workflow_version).workflow
    roles = workflow.state(row.state).roles("visit")
    found: list[Refused] = []
    if not roles:
        found.append(
            WrongState(
                Reason(
                    "wrong_state",
                    Text(
                        "Ở bước «{state}» không ghi kiểm tra được", "No visit can be recorded in state “{state}”"
                    ).format(state=workflow.state(row.state).title),
                    seen=row.state,
                )
            )
        )
    elif access.held_at(actor, roles, row) is None:
        found.append(NotAllowed(access.role_missing(roles)))
    step = next(each for each in cases.form_of(row).steps if each.code == planned.step)
    if step.after != "approve" and step.after not in disbursement.passed_steps(row.id):
        before = next(
            (each.title for each in cases.form_of(row).steps if each.code == step.after), Text(step.after, step.after)
        )
        found.append(
            Unmet(
                Reason(
                    "step_not_passed",
                    Text("Phải đạt bước trước đã: {step}", "The check before it comes first: {step}").format(
                        step=before
                    ),
                    needed=step.after,
                )
            )
        )
    return found


_record = (
    update(visit)
    .where(visit.c.id == bindparam("b_id"))
    .values(
        visited_on=bindparam("b_on"),
        passed=bindparam("b_passed"),
        answers=bindparam("b_answers"),
        note=bindparam("b_note"),
        verdicts=bindparam("b_verdicts"),
        recorded_at=bindparam("b_at"),
        recorded_by=bindparam("b_by"),
    )
)


def record_visit(
    actor: Actor,
    number: str,
    step_code: str,
    data: Mapping[str, Any],
    photos: Sequence[tuple[str, bytes]] = (),
    version: int | None = None,
) -> Recorded:
    """Record a planned visit: ``data`` answers ``fields_of(step)``, ``photos`` are (file name, bytes).

    The step is passed when the visitor says so and every criterion of the step holds on what was seen; otherwise it is recorded as not
    passed and planned again. Raises ``NotFound``, ``Stale``, ``WrongState``, ``NotAllowed``, ``BadInput`` or ``Unmet`` with every reason;
    nothing is recorded then.
    """
    row = cases.find(actor, number, lock=True)
    cases.check_version(row, version)
    planned = open_visit(row, step_code)
    step: Step = db.registry().programme(row.programme).programme.step(step_code)
    typed, unread = read(fields_of(step), data, complete=True)
    unread += _dates_in_order(row, typed)
    refusals = _refusals(actor, row, planned)
    lacking = _photos_lacking(row, step, photos)
    if refusals or lacking or unread:
        kind = type(refusals[0]) if refusals else BadInput if unread else Unmet
        raise kind([reason for refusal in refusals for reason in refusal.reasons] + unread + lacking)
    for name, content in photos:
        documents.attach(row.id, actor.id, "visit", name, documents.store(content, name), step_code)
    own = {field.name: typed[field.name] for field in step.fields if field.name in typed}
    judgement = cases.verdicts([row], db.today(), step.point, {row.id: own})[row.id] if step.point else None
    reasons = tuple(judgement.reasons) if judgement else ()
    passed = typed["passed"] and not reasons
    visited_on = date.fromisoformat(typed["visited_on"])
    db.execute(
        _record,
        {
            "b_id": planned.id,
            "b_on": visited_on,
            "b_passed": int(passed),
            "b_answers": canonical(own),
            "b_note": typed.get("note", ""),
            "b_at": db.now(),
            "b_by": actor.id,
            "b_verdicts": canonical(
                [{"code": each.code, "outcome": each.outcome} for each in judgement.verdicts] if judgement else []
            ),
        },
    )
    private = {
        name: own[name]
        for name in own
        if next(field for field in step.fields if field.name == name).privacy != "public"
    }
    cases.record(
        actor,
        row,
        "visit",
        {
            "step": step_code,
            "passed": passed,
            "visited_on": typed["visited_on"],
            "photos": len(photos),
            "answers": {name: value for name, value in own.items() if name not in private},
            "failed": [reason.code for reason in reasons],
        },
        {**private, **({"note": typed["note"]} if typed.get("note") else {})},
    )
    tasks.done(row.id, "visit", step_code)
    if passed:
        _open_gates(row, step, visited_on)
    else:
        _plan_again(row, planned, step)
    moved = cases.settle(actor, [row.id])
    return Recorded(passed, reasons, moved[-1] if moved else cases.find(actor, number))


def _dates_in_order(row: Any, typed: Mapping[str, Any]) -> list[Reason]:
    visited_on = parse_date(typed.get("visited_on", ""))
    if visited_on and visited_on > db.today():
        return [
            Reason(
                "in_future",
                Text("Ngày kiểm tra không được sau hôm nay", "The visit cannot lie in the future"),
                field="visited_on",
            )
        ]
    if visited_on and row.decided_on and visited_on < row.decided_on:
        return [
            Reason(
                "before_decision",
                Text("Ngày kiểm tra không được trước ngày phê duyệt", "The visit cannot come before the approval"),
                seen=visited_on.isoformat(),
                needed=row.decided_on.isoformat(),
                field="visited_on",
            )
        ]
    return []


def _photos_lacking(row: Any, step: Step, photos: Sequence[tuple[str, bytes]]) -> list[Reason]:
    there = sum(1 for each in documents.of_case(row.id) if each.kind == "visit" and each.step == step.code)
    if there + len(photos) >= step.photos:
        return []
    return [
        Reason(
            "photos_missing",
            Text(
                f"Cần ít nhất {step.photos} ảnh chụp tại chỗ",
                f"At least {step.photos} photographs from the spot are needed",
            ),
            seen=there + len(photos),
            needed=step.photos,
            field="photos",
        )
    ]


def _open_gates(row: Any, step: Step, visited_on: date) -> None:
    """Let what waits for the step begin: later visits get their dates, the next instalment can be paid."""
    db.execute(disbursement.passed_step.insert(), {"case_id": row.id, "step": step.code, "passed_on": visited_on})
    programme = db.registry().programme(row.programme).programme
    following = {each.code: each for each in programme.steps if each.after == step.code}
    for later in of_case(row.id):
        if later.step in following and later.recorded_at is None and later.due_on is None:
            due = _due(following[later.step], row, visited_on, db.today()) or db.today()
            db.execute(update(visit).where(visit.c.id == later.id).values(due_on=due))
            tasks.add(
                [tasks.row_for(row, "visit", later.step, _wait(following[later.step]), row.programme, db.today(), due)]
            )
    disbursement.ask_next(row, db.today())


def _plan_again(row: Any, planned: Any, step: Step) -> None:
    due = _due(step, row, db.today(), db.today()) or db.today()
    db.execute(visit.insert(), _planned(row.id, step.code, planned.attempt + 1, due))
    tasks.add([tasks.row_for(row, "visit", step.code, _wait(step), row.programme, db.today(), due)])
