"""Issuing a draft: number, date, signer and signed file once, and every case moved in the one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core import db
from core.domain import cases, decisions
from core.domain.access import Actor
from core.domain.drafts.drafting import all_locked, locked, may_change, take_out, touch
from core.domain.drafts.reading import approving, find
from core.errors import BadInput, Reason, Unmet
from core.text import Text


def issue(
    actor: Actor,
    draft_id: int,
    data: Mapping[str, Any],
    file: tuple[str, bytes] | None = None,
    version: int | None = None,
    without: Sequence[str] = (),
) -> int:
    """Issue a draft as a decision, which covers all its cases from then on; gives the decision's key.

    ``data`` answers ``decisions.FIELDS`` (and what else the step asks for), ``file`` is the name and content of the
    signed PDF, ``without`` are numbers of cases to leave out, ``version`` the one of the draft the person saw.

    All cases move or none: raises ``BadInput`` for what was typed, and ``Unmet`` naming each case that can no longer
    be approved (field ``case.NUMBER``), which can then be left out. Raises ``Stale`` and ``WrongState`` too.
    """
    find(actor, draft_id)
    inside = all_locked(draft_id)
    draft = locked(draft_id, version)
    may_change(actor, draft, inside)
    left = {number.strip().upper() for number in without}
    take_out(actor, draft_id, [row for row in inside if row.number in left])
    rows = [row for row in inside if row.number not in left]
    if not rows:
        raise Unmet(Reason("draft_empty", Text("Dự thảo không còn hồ sơ nào", "No case is left in the draft")))
    outcomes: list[cases.Outcome] = []
    by_step = _by_step(rows)
    steps = list(by_step)
    for code, numbers in by_step.items():
        outcomes += cases.move_many(actor, numbers, code, data)
    _all_or_none(rows, outcomes)
    decision_id = next(each.id for each in decisions.of_case(rows[0].id) if each.transition == steps[0])
    decisions.complete(decision_id, draft_id, len(rows))
    if file is not None:
        decisions.attach_signed(actor, decision_id, cases.case, *file)
    touch(draft, ended_at=db.now(), decision_id=decision_id)
    return decision_id


def _by_step(rows: Sequence[Any]) -> dict[str, list[str]]:
    """The numbers of the cases by the step that approves them."""
    found: dict[str, list[str]] = {}
    for row in rows:
        step = approving(db.registry().machine(row.workflow, row.workflow_version), row.state)
        found.setdefault(step.code if step else "", []).append(row.number)
    return found


def _all_or_none(rows: Sequence[Any], outcomes: Sequence[cases.Outcome]) -> None:
    stuck = [each for each in outcomes if not each.moved]
    if not stuck:
        return
    first, *others = stuck
    typed = [
        reason
        for reason in first.reasons
        if reason.field.startswith("decision_") and all(reason in each.reasons for each in others)
    ]
    if typed and len(stuck) == len(outcomes):
        raise (BadInput if isinstance(first.refusal, BadInput) else Unmet)(typed)
    names = {row.number: row.subject_name for row in rows}
    raise Unmet(_told(each, names[each.number], reason) for each in stuck for reason in each.reasons)


def _told(outcome: cases.Outcome, name: str, reason: Reason) -> Reason:
    sentence = Text("{number} {name}: {why}", "{number} {name}: {why}").format(
        number=outcome.number, name=name, why=reason.sentence
    )
    return Reason(reason.code, sentence, reason.seen, reason.needed, reason.source, f"case.{outcome.number}")
