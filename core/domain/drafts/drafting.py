"""Drafting a decision: which cases it is to cover, and what it is to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select, update

from core import db
from core.domain import access, budget, cases, decisions, units
from core.domain.access import Actor
from core.domain.cases import case
from core.domain.drafts.reading import approving, find
from core.domain.drafts.tables import TEXTS, decision_draft
from core.errors import BadInput, NotAllowed, Reason, Refused, Stale, Unmet, WrongState
from core.fields import read
from core.text import Text
from core.workflow import Batch

MOST = 5000  # cases of one draft

Added = dict[str, tuple[Reason, ...]]  # what stands in the way of each case, by number; nothing: it is in the draft


def start(actor: Actor, numbers: Sequence[str], texts: Mapping[str, Any] | None = None) -> tuple[int, Added]:
    """Draft a decision for cases of one programme; gives its key, and what kept out those that could not come in.

    Raises ``NotFound``, ``BadInput`` for none, too many or several programmes, and a refusal with all reasons when
    not one of them can be approved now; there is no draft then.
    """
    rows = cases.find_many(actor, _few(numbers), lock=True)
    found = {row.programme for row in rows}
    if len(found) > 1:
        raise BadInput(_one_programme(sorted(found)))
    draft_id = db.new_id()
    now = db.now()
    entered, refusals, bases = _enter(actor, draft_id, rows)
    if not entered:
        raise _all_refused(refusals)
    db.execute(
        decision_draft.insert(),
        {
            "id": draft_id,
            "programme": rows[0].programme,
            **_first_texts(actor, rows[0], bases),
            **_typed(texts or {}),
            "version": 1,
            "created_at": now,
            "created_by": actor.id,
            "changed_at": now,
            "ended_at": None,
            "decision_id": None,
        },
    )
    return draft_id, _reasons(rows, refusals)


def add(actor: Actor, draft_id: int, numbers: Sequence[str]) -> Added:
    """Add cases to a draft; gives what kept out those that could not come in.

    Raises ``NotFound`` and ``WrongState``.
    """
    find(actor, draft_id)
    rows = cases.find_many(actor, _few(numbers), lock=True)
    draft = locked(draft_id)
    refusals: dict[int, Refused] = {
        row.id: Unmet(_one_programme([draft.programme, row.programme]))
        for row in rows
        if row.programme != draft.programme
    }
    _, further, _ = _enter(actor, draft_id, [row for row in rows if row.id not in refusals])
    touch(draft)
    return _reasons(rows, refusals | further)


def leave_out(actor: Actor, draft_id: int, numbers: Sequence[str], version: int | None = None) -> None:
    """Take cases out of a draft; the money kept for them is free again. Those that are not in it are passed over."""
    find(actor, draft_id)
    rows = [row for row in cases.find_many(actor, _few(numbers), lock=True) if row.draft_id == draft_id]
    draft = locked(draft_id, version)
    may_change(actor, draft, rows)
    take_out(actor, draft_id, rows)
    touch(draft)


def undo(actor: Actor, draft_id: int, version: int | None = None) -> None:
    """End a draft that was not issued: its cases wait as before, the money kept for them is free again."""
    find(actor, draft_id)
    rows = all_locked(draft_id)
    draft = locked(draft_id, version)
    may_change(actor, draft, rows)
    take_out(actor, draft_id, rows)
    touch(draft, ended_at=db.now())


def describe(actor: Actor, draft_id: int, texts: Mapping[str, Any]) -> None:
    """Write what the decision is to say; answers ``TEXTS``. Raises ``BadInput``."""
    find(actor, draft_id)
    draft = locked(draft_id)
    may_change(actor, draft, db.execute(select(case).where(case.c.draft_id == draft_id)).all())
    given = {field.name: draft._mapping[field.name] for field in TEXTS} | dict(texts)
    touch(draft, **_typed(given, complete=True))


# What the verbs share


def locked(draft_id: int, version: int | None = None) -> Any:
    """An open draft, locked after its cases. Raises ``WrongState`` when it has ended, ``Stale`` when it changed."""
    row = db.execute(select(decision_draft).where(decision_draft.c.id == draft_id).with_for_update()).one()
    if row.ended_at is not None:
        ended = (
            Text("Dự thảo này đã ban hành thành quyết định", "This draft has been issued as a decision")
            if row.decision_id
            else Text("Dự thảo này đã bỏ", "This draft has been undone")
        )
        raise WrongState(Reason("draft_ended", ended))
    if version is not None and version != row.version:
        changed = Text(
            "Danh sách của dự thảo vừa thay đổi; hãy xem lại rồi làm tiếp",
            "The list of the draft has just changed; look again, then go on",
        )
        raise Stale(Reason("stale", changed, seen=version, needed=row.version))
    return row


def all_locked(draft_id: int) -> list[Any]:
    """Every case of a draft, locked in the order of the key."""
    inside = select(case).where(case.c.draft_id == draft_id).order_by(case.c.id).with_for_update()
    return list(db.execute(inside))


def may_change(actor: Actor, draft: Any, rows: Iterable[Any]) -> None:
    """Raise ``NotAllowed`` unless this person may approve every case of the draft, or made one that is empty."""
    rows = list(rows)
    if not rows and draft.created_by != actor.id:
        access.require(actor, "case.decide")
    for row in rows:
        machine = db.registry().machine(row.workflow, row.workflow_version)
        step = approving(machine, row.state)
        reasons = cases.not_entitled(actor, row, step) if step else []
        if reasons:
            raise NotAllowed(reasons)


def touch(draft: Any, **changes: Any) -> None:
    """Write changes of a draft, which is another version then."""
    values = {"version": decision_draft.c.version + 1, "changed_at": db.now(), **changes}
    db.execute(update(decision_draft).where(decision_draft.c.id == draft.id).values(values))


_enter_draft = update(case).where(case.c.id == bindparam("b_id")).values(draft_id=bindparam("b_draft"))


def take_out(actor: Actor, draft_id: int, rows: Sequence[Any]) -> None:
    """Have cases that this work holds locked stand in no draft."""
    if not rows:
        return
    given_back = budget.release([row.id for row in rows])
    told = [(row, {"draft": str(draft_id), "unreserved": given_back.get(row.id, 0)}) for row in rows]
    cases.record_many(actor, told, "undraft")
    db.execute(_enter_draft, [{"b_id": row.id, "b_draft": None} for row in rows])


def _enter(actor: Actor, draft_id: int, rows: Sequence[Any]) -> tuple[list[Any], dict[int, Refused], list[str]]:
    """Put into a draft the cases that could be approved now, and keep their money free.

    Gives them, the refusals of the others by key, and the verified documents that the criteria rest on.
    """
    refusals: dict[int, Refused] = {row.id: Unmet(_taken(row, draft_id)) for row in rows if row.draft_id is not None}
    entered: list[Any] = []
    bases: dict[str, None] = {}
    for group in cases.by_definition(row for row in rows if row.id not in refusals):
        machine = db.registry().machine(group[0].workflow, group[0].workflow_version)
        steps = {row.id: approving(machine, row.state) for row in group}
        refusals |= {row.id: WrongState(_elsewhere(row)) for row in group if steps[row.id] is None}
        here = [row for row in group if steps[row.id] is not None]
        if here:
            batch, further = cases.judge_group(actor, here, steps[here[0].id].code, asking=False)  # type: ignore[union-attr]
            refusals |= further
            able = [row for row in here if row.id not in further]
            _reserve(actor, draft_id, able, batch)
            entered += able
            bases |= dict.fromkeys(_bases(batch))
    return entered, refusals, list(bases)


def _reserve(actor: Actor, draft_id: int, rows: Sequence[Any], batch: Batch) -> None:
    shares = batch.memo.get("shares", {})
    told = budget.reserve(actor.id, {row.id: shares.get(row.id, ()) for row in rows})
    cases.record_many(
        actor, [(row, {"draft": str(draft_id), "reserved": told.get(row.id, [])}) for row in rows], "draft"
    )
    if rows:
        db.execute(_enter_draft, [{"b_id": row.id, "b_draft": draft_id} for row in rows])


def _bases(batch: Batch) -> list[str]:
    judged = batch.memo.get("judged", {}).values()
    return [used.source for each in judged for used in each.resolved.used if used.verified]


def _taken(row: Any, draft_id: int) -> Reason:
    here = row.draft_id == draft_id
    sentence = (
        Text("Hồ sơ {number} đã có trong dự thảo này", "Case {number} is in this draft already")
        if here
        else Text("Hồ sơ {number} đang nằm trong một dự thảo khác", "Case {number} stands in another draft")
    )
    return Reason("in_draft", sentence.format(number=row.number), seen=str(row.draft_id))


def _elsewhere(row: Any) -> Reason:
    machine = db.registry().machine(row.workflow, row.workflow_version)
    here = machine.workflow.state(row.state).title
    sentence = Text(
        "Hồ sơ {number} đang ở bước «{state}», không chờ phê duyệt",
        "Case {number} is in state “{state}” and waits for no approval",
    )
    return Reason("wrong_state", sentence.format(number=row.number, state=here), seen=row.state)


def _one_programme(codes: Sequence[str]) -> Reason:
    sentence = Text(
        "Một quyết định chỉ phê duyệt hồ sơ của một chương trình; hãy chọn riêng từng chương trình",
        "A decision approves cases of one programme; choose those of each programme by themselves",
    )
    return Reason("several_programmes", sentence, seen=list(codes))


def _few(numbers: Sequence[str]) -> list[str]:
    wanted = list(dict.fromkeys(number.strip().upper() for number in numbers))
    if not wanted:
        none = Text("Hãy đánh dấu ít nhất một hồ sơ", "Tick at least one case")
        raise BadInput(Reason("missing", none, field="numbers"))
    if len(wanted) > MOST:
        many = Text("Mỗi lần nhiều nhất {n} hồ sơ", "At most {n} cases at a time").format(n=MOST)
        raise BadInput(Reason("too_many", many, seen=len(wanted), needed=MOST, field="numbers"))
    return wanted


def _all_refused(refusals: Mapping[int, Refused]) -> Refused:
    """One refusal for a draft that nothing came into: of its only case, or every reason once."""
    kinds = {type(refusal) for refusal in refusals.values()}
    once = {reason.sentence: reason for refusal in refusals.values() for reason in refusal.reasons}
    return (kinds.pop() if len(kinds) == 1 else Unmet)(once.values())


def _reasons(rows: Sequence[Any], refusals: Mapping[int, Refused]) -> Added:
    return {row.number: refusals[row.id].reasons if row.id in refusals else () for row in rows}


def _typed(texts: Mapping[str, Any], *, complete: bool = False) -> dict[str, str]:
    typed, wrong = read(TEXTS, texts, complete=complete)
    if wrong:
        raise BadInput(wrong)
    return {name: str(value) for name, value in typed.items()} | (
        {field.name: "" for field in TEXTS if field.name not in typed} if complete else {}
    )


def _first_texts(actor: Actor, row: Any, bases: Sequence[str]) -> dict[str, str]:
    """What a new draft says until somebody writes it otherwise: who signed last, and the place that decides."""
    machine = db.registry().machine(row.workflow, row.workflow_version)
    step = approving(machine, row.state)
    held = access.held_at(actor, machine.roles(step, row.state), row) if step else None
    place = units.unit_by_id(held.unit_id if held and held.level else row.province_id).name
    signed = decisions.latest_of(actor.id)
    programme = db.registry().programme(row.programme).programme
    return {
        "title": f"Phê duyệt danh sách đối tượng thụ hưởng: {programme.title.vi}",
        "issuer": signed.get("decision_issuer") or f"Ủy ban nhân dân {place[:1].lower()}{place[1:]}",
        "place": place.split(" ", 1)[-1],
        "signer": signed.get("decision_signer", ""),
        "capacity": signed.get("decision_capacity", ""),
        "basis": "\n".join(bases),
    }
