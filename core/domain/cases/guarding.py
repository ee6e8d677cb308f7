"""What stands in the way of a step: state, version, guard, four eyes, requirements; every reason at once."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.exc import SQLAlchemyError

from core import db
from core.domain import access, history, tasks, units
from core.domain.access import Actor
from core.domain.cases import reading
from core.domain.cases.tables import case
from core.errors import BadInput, NotAllowed, NotFound, Reason, Refused, Stale, Unmet, WrongState
from core.text import Text
from core.workflow import Batch, Machine, Requirement, Transition

log = logging.getLogger(__name__)


def transition_of(machine: Machine, code: str) -> Transition:
    """The transition of that code. Raises ``NotFound`` naming those that exist."""
    try:
        return machine.workflow.transition(code)
    except KeyError:
        known = ", ".join(step.code for step in machine.workflow.transitions)
        raise NotFound(
            Reason(
                "transition_unknown",
                Text(
                    f"Quy trình không có bước «{code[:40]}». Các bước: {known}",
                    f"The workflow has no transition “{code[:40]}”. There are: {known}",
                ),
                seen=code[:40],
            )
        ) from None


def stale_or_elsewhere(row: Any, step: Transition, machine: Machine, version: int | None) -> Refused | None:
    reasons = []
    if version is not None and version != row.version:
        reasons.append(reading.stale_reason(row, version))
    if row.state not in step.sources:
        reasons.append(elsewhere(row, step, machine))
    if not reasons:
        return None
    return (Stale if reasons[0].code == "stale" else WrongState)(reasons)


def elsewhere(row: Any, step: Transition, machine: Machine) -> Reason:
    """That the step does not start from the state the case is in."""
    here = machine.workflow.state(row.state).title
    return Reason(
        "wrong_state",
        Text(
            f"Hồ sơ {row.number} đang ở bước «{here.vi}» nên không thể «{step.title.vi}»",
            f"Case {row.number} is in state “{here.en}”, so it cannot take the step “{step.title.en}”",
        ),
        seen=row.state,
        needed=list(step.sources),
    )


def judge(machine: Machine, batch: Batch, unread: Sequence[Reason] = ()) -> dict[int, Refused]:
    """Everything that stands in the way of each case of the batch: guard, four eyes, input, every requirement.

    The requirements are judged also for whom the guard stops, so that one refusal tells all there is to do.
    """
    if not batch.cases:
        return {}
    reasons: dict[int, list[Reason]] = {row.id: _guard_reasons(machine, batch, row) for row in batch.cases}
    for case_id in _own_hands(batch):
        reasons[case_id].append(_FOUR_EYES)
    stopped = {case_id for case_id, found in reasons.items() if found}
    for found in reasons.values():
        found += unread
    unmet: set[int] = set()
    for case_id, unsatisfied in _requirements(batch, reasons):
        reasons[case_id] += unsatisfied
        unmet |= {case_id} if unsatisfied else set()
    kinds = {
        case_id: NotAllowed if case_id in stopped else Unmet if case_id in unmet else BadInput for case_id in reasons
    }
    return {case_id: kinds[case_id](found) for case_id, found in reasons.items() if found}


_FOUR_EYES = Reason(
    "four_eyes",
    Text(
        "Bạn đã đề xuất hoặc sửa hồ sơ này trong lượt xét hiện tại; một người khác phải làm bước này",
        "You proposed or edited this case in the present round; somebody else has to take this step",
    ),
)


def _requirements(batch: Batch, reasons: dict[int, list[Reason]]) -> Iterator[tuple[int, Sequence[Reason]]]:
    """What every requirement of the step finds, as (case, reasons); none is asked while the rules are not all there."""
    gone = rules_gone(batch.transition, batch.programme)
    if gone:
        yield from ((row.id, [_rules_missing(row.programme, gone)]) for row in batch.cases)
        return
    for code in batch.transition.requirements:
        batch.refused = {case_id for case_id, found in reasons.items() if found}
        yield from found_by(code, batch).items()


def found_by(code: str, batch: Batch) -> Mapping[int, Sequence[Reason]]:
    """What a requirement finds. One that fails itself, as a plugin's may, is not met; it stops nothing else."""
    requirement: Requirement = db.registry().requirements[code]
    try:
        return requirement.check(batch)
    except (Refused, SQLAlchemyError):
        raise
    except Exception:
        log.exception("requirement %s could not be judged", code)
        failed = Text(
            "Chưa xét được điều kiện «{sentence}» vì lỗi của chương trình; hãy báo quản trị",
            "“{sentence}” could not be judged because of a fault in the programme; tell an administrator",
        ).format(sentence=requirement.sentence)
        return {row.id: [Reason(code, failed)] for row in batch.cases}


def rules_gone(step: Transition, programme: Any | None) -> list[str]:
    """What the step needs and no plugin brings: the programme (said as ""), requirements and effects by code."""
    registry = db.registry()
    gone = [] if programme is not None else [""]
    gone += [code for code in step.requirements if code not in registry.requirements]
    return gone + [code for code in step.effects if code not in registry.effects]


def _rules_missing(programme: str, gone: Sequence[str]) -> Reason:
    what = ", ".join(filter(None, gone)) or programme
    return Reason(
        "programme_not_in_force",
        Text(
            f"Chương trình của hồ sơ hiện không chạy ở đây (thiếu {what}); hồ sơ chỉ xem được. Hãy báo quản trị.",
            f"The case's programme does not run here now ({what} is missing); it can only be read. Tell an admin.",
        ),
        seen=what,
    )


def _guard_reasons(machine: Machine, batch: Batch, row: Any) -> list[Reason]:
    step = batch.transition
    roles = machine.roles(step, row.state)
    level, rule = tasks.level_of(step.procedure, row.programme, row, batch.on)
    if access.held_at(batch.actor, roles, row, level) is not None:
        return []
    if level is None:
        return [access.role_missing(roles)]
    place = {1: row.province_id, 2: row.district_id, 3: row.unit_id}[level]
    where = units.unit_by_id(place).name if place else {2: "cấp huyện"}.get(level, "")
    reason = access.role_missing(roles, Text(where, where))
    return [
        Reason(reason.code, reason.sentence, seen=sorted(batch.actor.roles), needed=reason.needed, source=rule.source)
    ]


def not_entitled(actor: Actor, row: Any, step: Transition) -> list[Reason]:
    """Why this person may not take a step with a case, whatever else stands in its way: the role, and where."""
    machine = db.registry().machine(row.workflow, row.workflow_version)
    return _guard_reasons(machine, Batch([row], step, actor, {}, db.today(), programme_of(row)), row)


_own_acts = (
    select(history.history.c.case_id)
    .join(case, case.c.id == history.history.c.case_id)
    .where(
        case.c.id.in_(bindparam("ids", expanding=True)),
        history.history.c.seq > case.c.round_seq,
        history.history.c.actor_id == bindparam("actor"),
        history.history.c.action.in_(bindparam("acts", expanding=True)),
    )
    .distinct()
)


def _own_hands(batch: Batch) -> set[int]:
    """The cases of the batch in which the actor did, in this round, what bars him or her from this step."""
    if not batch.transition.not_by or not batch.cases:
        return set()
    asked = {"ids": [row.id for row in batch.cases], "actor": batch.actor.id, "acts": batch.transition.not_by}
    return {row.case_id for row in db.execute(_own_acts, asked)}


@dataclass(frozen=True)
class Possible:
    """A step that starts from the case's state: whether this person can take it now, and if not all reasons."""

    transition: Transition
    roles: tuple[str, ...]
    reasons: tuple[Reason, ...]
    mine: bool  # the role is held, whatever else is missing

    @property
    def allowed(self) -> bool:
        """Whether it can be taken, once its own fields are filled in."""
        return not self.reasons


def programme_of(row: Any) -> Any | None:
    """The programme a case belongs to, None while its plugin is not there."""
    in_force = db.registry().programmes.get(row.programme)
    return in_force.programme if in_force else None


def possible(actor: Actor, row: Any) -> list[Possible]:
    """Every step that leaves the case's state, judged for this person as ``move`` would before its fields are known."""
    machine = db.registry().machine(row.workflow, row.workflow_version)
    found = []
    for step in machine.leaving(row.state):
        batch = Batch([row], step, actor, {}, db.today(), programme_of(row), asking=True)
        mine = not _guard_reasons(machine, batch, row)
        refusal = judge(machine, batch).get(row.id)
        found.append(Possible(step, machine.roles(step, row.state), refusal.reasons if refusal else (), mine))
    return found


def forbidden(actor: Actor, row: Any, permission: str, never: Text) -> Refused | None:
    """Why this person has not ``permission`` on the case in its state: nobody has (``never`` says so), or no role held.

    ``never`` is a sentence with ``{state}``. None: nothing forbids it.
    """
    state = db.registry().machine(row.workflow, row.workflow_version).workflow.state(row.state)
    roles = state.roles(permission)
    if not roles:
        return WrongState(Reason("wrong_state", never.format(state=state.title), seen=row.state))
    if access.held_at(actor, roles, row) is None:
        return NotAllowed(access.role_missing(roles))
    return None
