"""Moving cases: one implementation for one case and for a thousand, whatever the way in.

``move_many`` judges everything that stands in the way of each case and keeps every reason; what may move is moved
with its effects, its history and its tasks in the same transaction. ``move`` is its call with one case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

from core import db
from core.domain import access, history, programmes, tasks
from core.domain.access import Actor
from core.domain.cases import reading
from core.domain.cases.grouping import by_definition, effects_of, lock_ahead
from core.domain.cases.guarding import found_by, judge, programme_of, rules_gone, stale_or_elsewhere, transition_of
from core.domain.cases.tables import case
from core.errors import BadInput, Reason, Refused, WrongState
from core.fields import read
from core.text import Text
from core.workflow import Batch, Machine, Transition

CHUNK = 1000


@dataclass(frozen=True)
class Outcome:
    """What became of one case: its state and version now, whether it moved, and if not why."""

    number: str
    state: str
    version: int
    moved: bool
    refusal: Refused | None = None

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Every reason why it did not move."""
        return self.refusal.reasons if self.refusal else ()


@dataclass
class _Ref:
    """The light reference the machine moves."""

    state: str


def move(
    actor: Actor,
    number: str,
    transition: str,
    data: Mapping[str, Any] | None = None,
    version: int | None = None,
    note: str = "",
) -> Outcome:
    """Move one case. ``data`` answers the transition's fields; ``version`` is the one the person saw.

    ``note`` is the answer to the one field of long text that the transition has, whatever its name (comment, reason).

    Raises ``NotFound``, ``Stale``, ``WrongState``, ``NotAllowed``, ``BadInput`` or ``Unmet`` with every reason.
    """
    [outcome] = move_many(
        actor, [number], transition, data, {reading.clean(number): version} if version is not None else None, note
    )
    if outcome.refusal:
        raise outcome.refusal
    return outcome


def move_many(
    actor: Actor,
    numbers: Sequence[str],
    transition: str,
    data: Mapping[str, Any] | None = None,
    versions: Mapping[str, int] | None = None,
    note: str = "",
) -> list[Outcome]:
    """Move the cases that may be moved; the outcome of each, in order, says why for those that may not.

    What cannot be read in ``data`` refuses every case. Raises ``NotFound`` when one is out of reach, and ``BadInput``
    for a ``note`` to a step that asks for none: then nothing is moved.

    Whatever the list locks it locks in the one order that everybody keeps: all its cases by key, then funds by key,
    then the rest. So two lists of any length never wait for each other in a circle.
    """
    outcomes: dict[str, Outcome] = {}
    wanted = list(dict.fromkeys(map(reading.clean, numbers)))
    groups = by_definition(reading.find_many(actor, wanted, lock=True))
    chunks = [group[start : start + CHUNK] for group in groups for start in range(0, len(group), CHUNK)]
    if len(chunks) > 1:
        lock_ahead(groups, transition)
    for chunk in chunks:
        outcomes |= _move_group(actor, chunk, transition, data or {}, versions or {}, note)
    return [outcomes[number] for number in wanted]


def _move_group(
    actor: Actor, rows: list[Any], code: str, data: Mapping[str, Any], versions: Mapping[str, int], note: str
) -> dict[str, Outcome]:
    machine = db.registry().machine(rows[0].workflow, rows[0].workflow_version)
    step = transition_of(machine, code)
    programmes.resolve_ahead(rows, db.today())
    refusals: dict[int, Refused] = {}
    for row in rows:
        refusal = stale_or_elsewhere(row, step, machine, versions.get(row.number))
        if refusal:
            refusals[row.id] = refusal
    here = [row for row in rows if row.id not in refusals]
    typed, unread = read(step.fields, _with_note(step, data, note), complete=True) if here else ({}, [])
    batch = Batch(here, step, actor, typed, db.today(), programme_of(rows[0]))
    refusals |= judge(machine, batch, unread)
    batch.cases = [row for row in here if row.id not in refusals]
    moved = _carry_out(machine, batch, automatic=False)
    done = {row.id for row in batch.cases}
    if any(further.automatic for further in machine.leaving(step.target)):
        moved |= {row.id: row for row in settle(actor, list(done))}
    return {
        row.number: Outcome(row.number, moved[row.id].state, moved[row.id].version, True)
        if row.id in done
        else Outcome(row.number, row.state, row.version, *_settled_already(row, step, refusals[row.id]))
        for row in rows
    }


def _with_note(step: Transition, data: Mapping[str, Any], note: str) -> Mapping[str, Any]:
    """``data`` with the note as the answer to the step's field of long text. Raises ``BadInput`` if it has none."""
    if not note:
        return data
    name = next((field.name for field in step.fields if field.type == "long_text"), None)
    if name is None:
        sentence = Text("Bước «{step}» không nhận ý kiến", "The step “{step}” takes no note").format(step=step.title)
        raise BadInput(Reason("no_note", sentence, seen=note[:80], field="note"))
    return {name: note, **data}


def _settled_already(row: Any, step: Transition, refusal: Refused) -> tuple[bool, Refused | None]:
    """An automatic step that the program has taken by itself is not refused to whoever asks for it afterwards."""
    taken = step.automatic and isinstance(refusal, WrongState) and history.has(row.id, step.code)
    return False, None if taken else refusal


def _carry_out(machine: Machine, batch: Batch, *, automatic: bool) -> dict[int, Any]:
    """Move the cases of the batch, which may: machine, effects, history, cases, tasks.

    Gives the rows as they are then.
    """
    if not batch.cases:
        return {}
    step, actor = batch.transition, batch.actor
    target = machine.workflow.state(step.target)
    for state in {row.state for row in batch.cases}:  # the machine's answer is the same for all of them
        machine.fire(step.code, _Ref(state))
    for effect in effects_of(step):
        effect.apply(batch)
    more = {"automatic": True} if automatic else {}
    heads = history.append(actor.id, [_entry(batch, row, more) for row in batch.cases])
    readers = access.readers(target.roles("view"))
    changes = [
        {
            "state": target.code,
            "readers": readers,
            "state_since": db.now(),
            "changed_at": db.now(),
            "history_seq": seq,
            "history_hash": head,
            "round_seq": seq if step.new_round else row.round_seq,
            "applied_on": _applied_on(row, step, machine, batch.on),
            "decided_on": batch.on if "decision_date" in batch.data else row.decided_on,
            "open_key": None if target.final else row.open_key,
            "draft_id": None,
            "version": row.version + 1,
        }
        for row, (seq, head) in zip(batch.cases, heads, strict=True)
    ]
    pairs = list(zip(batch.cases, changes, strict=True))
    db.update_rows(case, [{"id": row.id, **change} for row, change in pairs])
    moved = {row.id: SimpleNamespace(**{**row._mapping, **change}) for row, change in pairs}
    not_by = tuple(dict.fromkeys(act for leaving in machine.leaving(target.code) for act in leaving.not_by))
    tasks.arrive(list(moved.values()), target, batch.cases[0].programme, batch.on, not_by, batch.starts)
    return moved


def _entry(batch: Batch, row: Any, more: Mapping[str, Any]) -> history.Entry:
    """What the history is to keep of one case's step: open answers as facts, personal ones as digests."""
    step = batch.transition
    told = [field for field in step.fields if field.name in batch.data and not field.name.startswith("decision_")]
    public = {field.name: batch.data[field.name] for field in told if field.privacy == "public"}
    private = {field.name: batch.data[field.name] for field in told if field.privacy != "public"}
    facts = {**public, **batch.details.get(row.id, {}), **more}
    return history.Entry(
        row.id, row.number, row.history_seq, row.history_hash, step.code, row.state, step.target, facts, private
    )


def _applied_on(row: Any, step: Transition, machine: Machine, on: date) -> date | None:
    """The date of application: the first time the case leaves the state it was opened in."""
    return row.applied_on or (on if row.state == machine.workflow.initial else None)


def settle(actor: Actor, case_ids: Sequence[int]) -> list[Any]:
    """Take every automatic step whose requirements have come true, again and again; gives the cases that moved."""
    moved: dict[int, Any] = {}
    waiting = list(case_ids)
    while waiting:
        fresh: dict[int, Any] = {}
        for group in by_definition(reading.by_ids_locked(waiting)):
            machine = db.registry().machine(group[0].workflow, group[0].workflow_version)
            for state in dict.fromkeys(row.state for row in group):
                for step in machine.leaving(state):
                    if step.automatic and not rules_gone(step, programme_of(group[0])):
                        fresh |= _settle_step(
                            machine, actor, step, [row for row in group if row.state == state and row.id not in fresh]
                        )
        moved |= fresh
        waiting = list(fresh)
    return list(moved.values())


def _settle_step(machine: Machine, actor: Actor, step: Transition, rows: list[Any]) -> dict[int, Any]:
    batch = Batch(rows, step, actor, {}, db.today(), programme_of(rows[0]) if rows else None)
    for code in step.requirements if rows else ():
        refused = found_by(code, batch)
        batch.cases = [row for row in batch.cases if not refused.get(row.id)]
    return _carry_out(machine, batch, automatic=True)
