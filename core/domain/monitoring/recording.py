"""Recording a visit on the spot."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, update

from core import db
from core.domain import cases, disbursement, documents, tasks
from core.domain.access import Actor
from core.domain.monitoring.judged import told
from core.domain.monitoring.planning import of_case, open_gates, plan_again, step_of, visit
from core.domain.programmes import Step
from core.errors import BadInput, NotFound, Reason, Refused, Stale, Unmet, WrongState
from core.fields import Field, parse_date, read
from core.text import Text, canonical

FIELDS = (  # asked at every visit, after the step's own questions
    Field("visited_on", "date", Text("Ngày kiểm tra", "Visited on"), required=True),
    Field("passed", "yes_no", Text("Đạt yêu cầu", "Passed"), required=True),
    Field("note", "long_text", Text("Nhận xét", "Remarks"), maximum=2000, privacy="personal"),
)


def fields_of(step: Step) -> tuple[Field, ...]:
    """Every question of a visit of this step."""
    return (*step.fields, *FIELDS)


def open_visit(row: Any, step: str) -> Any:
    """The planned visit of a step.

    Raises ``NotFound`` naming the steps that are planned, ``WrongState`` when it is done already.
    """
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


_NEVER = Text("Ở bước «{state}» không ghi kiểm tra được", "No visit can be recorded in state “{state}”")


def _refusals(actor: Actor, row: Any, planned: Any) -> list[Refused]:
    refusal = cases.forbidden(actor, row, "visit", _NEVER)
    found = [refusal] if refusal else []
    step = step_of(row, planned.step)
    if step.after != "approve" and step.after not in disbursement.passed_steps(row.id):
        before = step_of(row, step.after).title
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


def may_visit(actor: Actor, row: Any) -> None:
    """Raise unless this person may record visits of the case in its present state."""
    refusal = cases.forbidden(actor, row, "visit", _NEVER)
    if refusal:
        raise refusal


_record = (
    update(visit)
    .where(visit.c.id == bindparam("b_id"))
    .values(
        visited_on=bindparam("b_on"),
        passed=bindparam("b_passed"),
        answers=bindparam("b_answers"),
        note=bindparam("b_note"),
        verdicts=bindparam("b_verdicts"),
        draft=None,
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
    attempt: int | None = None,
) -> Recorded:
    """Record a planned visit: ``data`` answers ``fields_of(step)``, ``photos`` are (file name, bytes).

    ``attempt`` is the one the visitor's form was made for (None: not asked): a second click must not record the next.
    The step is passed when the visitor says so and every criterion of the step holds on what was seen; otherwise it
    is recorded as not passed and planned again. Raises ``NotFound``, ``Stale``, ``WrongState``, ``NotAllowed``,
    ``BadInput`` or ``Unmet`` with every reason; nothing is recorded then.
    """
    row = cases.find(actor, number, lock=True)
    cases.check_version(row, version)
    planned, step, typed, refusal = weigh(actor, row, step_code, data, [content for _, content in photos], attempt)
    if refusal:
        raise refusal
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
            "b_verdicts": canonical(told(row, judgement.verdicts) if judgement else []),
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
        open_gates(row, step, visited_on)
    else:
        plan_again(row, planned, step)
    moved = cases.settle(actor, [row.id])
    return Recorded(passed, reasons, moved[-1] if moved else cases.find(actor, number))


def weigh(
    actor: Actor, row: Any, step_code: str, data: Mapping[str, Any], pictures: Sequence[bytes], attempt: int | None
) -> tuple[Any, Step, dict[str, Any], Refused | None]:
    """The planned visit, its step, what was typed, and the refusal with every reason why it cannot be recorded so.

    Raises ``NotFound``, ``WrongState`` or ``Stale`` when there is no such visit to record.
    """
    planned = open_visit(row, step_code)
    _check_attempt(row, planned, attempt)
    step = step_of(row, step_code)
    given = {"visited_on": db.today().isoformat(), **data}
    typed, unread = read(fields_of(step), given, complete=True)
    unread += _dates_in_order(row, step, typed)
    refusals = _refusals(actor, row, planned)
    lacking = _photos_lacking(row, step, pictures)
    if not (refusals or lacking or unread):
        return planned, step, typed, None
    kind = type(refusals[0]) if refusals else BadInput if unread else Unmet
    return planned, step, typed, kind([reason for each in refusals for reason in each.reasons] + unread + lacking)


def _check_attempt(row: Any, planned: Any, attempt: int | None) -> None:
    if attempt is None or attempt == planned.attempt:
        return
    last = [each for each in of_case(row.id) if each.step == planned.step and each.recorded_at is not None][-1:]
    when = f"{last[0].recorded_at.astimezone(db.HANOI):%H:%M %d/%m/%Y}" if last else ""
    raise Stale(
        Reason(
            "stale",
            Text(
                f"Lần kiểm tra này đã được ghi lúc {when}. Hãy xem kết quả rồi mới ghi lần tiếp theo.",
                f"This visit was recorded at {when}. Look at what came of it before recording the next one.",
            ),
            seen=attempt,
            needed=planned.attempt,
        )
    )


def _dates_in_order(row: Any, step: Step, typed: Mapping[str, Any]) -> list[Reason]:
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
    before = disbursement.passed_steps(row.id).get(step.after)
    if visited_on and before and visited_on < before:
        return [
            Reason(
                "before_check",
                Text(
                    f"Ngày kiểm tra không được trước ngày của bước trước ({before:%d/%m/%Y})",
                    f"The visit cannot come before the check it follows ({before:%d/%m/%Y})",
                ),
                seen=visited_on.isoformat(),
                needed=before.isoformat(),
                field="visited_on",
            )
        ]
    return []


def _photos_lacking(row: Any, step: Step, contents: Sequence[bytes]) -> list[Reason]:
    before = {each.sha256 for each in documents.of_case(row.id) if (each.kind, each.step) == ("visit", step.code)}
    pictures = [content for content in contents if not content.startswith(b"%PDF-")]
    sent = {hashlib.sha256(content).hexdigest() for content in pictures}
    taken = len(sent - before)
    if taken >= step.photos:
        return []
    said = Text(
        f"Cần ít nhất {step.photos} ảnh chụp tại chỗ",
        f"At least {step.photos} photographs from the spot are needed",
    )
    if sent & before:
        again = Text("ảnh đã gửi ở lần kiểm tra trước không tính", "one sent with an earlier visit does not count")
        said = Text(f"{said.vi}; {again.vi}", f"{said.en}; {again.en}")
    return [
        Reason(
            "photos_missing",
            said,
            seen=taken,
            needed=step.photos,
            field="photos",
        )
    ]
